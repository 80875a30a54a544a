#!/usr/bin/Rscript
# Reads views through RPostgreSQL (DBI): rpostgresql.R SCHEMA VIEW...
suppressMessages(library(RPostgreSQL))
arguments <- commandArgs(trailingOnly = TRUE)
connection <- dbConnect(PostgreSQL(), host = Sys.getenv("PGHOST"), port = as.integer(Sys.getenv("PGPORT")), user = Sys.getenv("PGUSER"),
	password = Sys.getenv("PGPASSWORD"), dbname = Sys.getenv("PGDATABASE"))
for (view in arguments[-1]) {
	rows <- dbGetQuery(connection, sprintf("SELECT * FROM %s.%s", arguments[1], view))
	types <- paste(vapply(rows, function(column) class(column)[1], ""), collapse = " ")
	numbers <- vapply(rows, is.numeric, NA)
	cat(view, nrow(rows), types, sprintf("sum:%.2f", sum(unlist(rows[numbers]), na.rm = TRUE)), sep = "\t")
	cat("\n")
}
invisible(dbDisconnect(connection))
