-- How far the signals were looked at: one row
CREATE TABLE view_signal_look (
    day     date NOT NULL,                                 -- Asia/Seoul, the last that was judged when it was over
    told_on date                                           -- the day on which anomalies were told of last
);
INSERT INTO view_signal_look (day) VALUES ((clock() AT TIME ZONE interval '9 hours')::date - 1);
