FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/EventSettlement -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN mkdir /data && chown 1654:1654 /data
COPY --from=build /app /app
USER 1654
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/settle.dll"]
CMD ["serve"]
