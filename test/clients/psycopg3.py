#!/usr/bin/python3
"""Reads views through psycopg 3: psycopg3.py text|binary SCHEMA VIEW..."""
import hashlib
import sys
from datetime import date, datetime, timezone
from decimal import Decimal

import psycopg
from psycopg import sql


def cell(value):
    if value is None:
        return '\\N'
    if isinstance(value, bool):
        return 't' if value else 'f'
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime('%Y-%m-%d %H:%M:%S.%f')
    if isinstance(value, Decimal):
        return format(value, 'f')
    if isinstance(value, (int, date)):
        return str(value)
    if isinstance(value, str):
        return value.replace('\n', '\\n')
    raise TypeError(f'a value of type {type(value).__name__} has no place in these views')


def main():
    binary = {'text': False, 'binary': True}[sys.argv[1]]
    schema, views = sys.argv[2], sys.argv[3:]
    with psycopg.connect(autocommit=True) as connection:
        for view in views:
            with connection.cursor(binary=binary) as cursor:
                cursor.execute(sql.SQL('SELECT * FROM {}').format(sql.Identifier(schema, view)))
                formats = {cursor.pgresult.fformat(i) for i in range(cursor.pgresult.nfields)}
                if formats != {int(binary)}:
                    raise RuntimeError(f'{view} was not read as {sys.argv[1]}')
                types = ' '.join(psycopg.adapters.types[c.type_code].name for c in cursor.description)
                rows = sorted('\x1f'.join(map(cell, row)).encode() for row in cursor)
                print(view, len(rows), types, 'md5:' + hashlib.md5(b'\n'.join(rows)).hexdigest(), sep='\t')


main()
