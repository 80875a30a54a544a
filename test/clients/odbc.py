#!/usr/bin/python3
"""Reads views through psqlODBC and unixODBC: odbc.py SCHEMA VIEW..."""
import hashlib
import os
import sys
from datetime import date, datetime
from decimal import Decimal

import pyodbc

# what isql and every other unixODBC program would say; the server's own names
driver = os.environ.get('ODBC_DRIVER', 'PostgreSQL Unicode')


def cell(value):
    if value is None:
        return '\\N'
    if isinstance(value, bool):
        return 't' if value else 'f'
    if isinstance(value, datetime):
        return value.strftime('%Y-%m-%d %H:%M:%S.%f')
    if isinstance(value, Decimal):
        return format(value, 'f')
    if isinstance(value, (int, date)):
        return str(value)
    if isinstance(value, str):
        return value.replace('\r\n', '\n').replace('\n', '\\n')
    raise TypeError(f'a value of type {type(value).__name__} has no place in these views')


def main():
    schema, views = sys.argv[1], sys.argv[2:]
    connection = pyodbc.connect(
        f'Driver={{{driver}}};Server={os.environ["PGHOST"]};Port={os.environ["PGPORT"]};Uid={os.environ["PGUSER"]};'
        f'Pwd={os.environ.get("PGPASSWORD", "")};Database={os.environ["PGDATABASE"]};BoolsAsChar=0;LFConversion=0;'
        "ConnSettings=SET timezone %3D 'UTC'", autocommit=True)
    cursor = connection.cursor()
    listed = {row.table_name for row in cursor.tables(schema=schema, tableType='VIEW')}
    for view in views:
        if view not in listed:
            raise RuntimeError(f'SQLTables does not list {view}')
        cursor.execute(f'SELECT * FROM {schema}.{view}')
        types = ' '.join(column[1].__name__ for column in cursor.description)
        rows = sorted('\x1f'.join(map(cell, row)).encode() for row in cursor)
        print(view, len(rows), types, 'md5:' + hashlib.md5(b'\n'.join(rows)).hexdigest(), sep='\t')


main()
