-- The size of the database day by day, so that its growth can be told.
CREATE TABLE database_sizes (
    day   date PRIMARY KEY DEFAULT current_date,
    bytes bigint NOT NULL
);
