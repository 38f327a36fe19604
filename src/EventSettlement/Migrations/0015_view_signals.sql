-- Views counted, of the whole, by the hour in which they were watched
CREATE TABLE view_hour (
    hour      timestamptz NOT NULL,                        -- its begin
    partition integer NOT NULL,                            -- one of the batch that brought them: rows need no common lock
    views     bigint NOT NULL,
    PRIMARY KEY (hour, partition)
) WITH (fillfactor = 60);

-- How far the signals were looked at: one row
CREATE TABLE view_signal_look (
    day     date NOT NULL,                                 -- Asia/Seoul, the last that was judged when it was over
    told_on date                                           -- the day on which anomalies were told of last
);
INSERT INTO view_signal_look (day) VALUES ((clock() AT TIME ZONE interval '9 hours')::date - 1);
