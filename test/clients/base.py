#!/usr/bin/python3
"""Reads views through LibreOffice Base's own PostgreSQL driver: base.py SCHEMA VIEW...

Starts an office without a window and with a profile of its own, and asks it
through UNO, as a Base document does for its tables, queries and reports.
"""
import os
import subprocess
import sys
import tempfile
import time
from decimal import Decimal

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

# com.sun.star.sdbc.DataType
WHOLE = {-6, 5, 4, -5}
NUMERIC = {2, 3}


def main():
    schema, views = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        pipe = f'mutasi{os.getpid()}'
        office = subprocess.Popen(['soffice', '--headless', '--norestore', '--nologo', f'-env:UserInstallation=file://{folder}/profile',
                                   f'--accept=pipe,name={pipe};urp;'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            resolver = uno.getComponentContext().ServiceManager.createInstance('com.sun.star.bridge.UnoUrlResolver')
            for _ in range(240):
                try:
                    context = resolver.resolve(f'uno:pipe,name={pipe};urp;StarOffice.ComponentContext')
                    break
                except NoConnectException:
                    if office.poll() is not None:
                        raise RuntimeError('the office ended')
                    time.sleep(0.5)
            else:
                raise RuntimeError('the office did not start within two minutes')
            drivers = context.ServiceManager.createInstance('com.sun.star.sdbc.DriverManager')
            env = os.environ
            url = f"sdbc:postgresql:host={env['PGHOST']} port={env['PGPORT']} dbname={env['PGDATABASE']}"
            connection = drivers.getConnectionWithInfo(url, (PropertyValue('user', 0, env['PGUSER'], 0), PropertyValue('password', 0, env.get('PGPASSWORD', ''), 0)))
            tables = connection.getMetaData().getTables(None, schema, '%', ('VIEW',))
            listed = set()
            while tables.next():
                listed.add(tables.getString(3))
            for view in views:
                if view not in listed:
                    raise RuntimeError(f'getTables() does not list {view}')
                result = connection.createStatement().executeQuery(f'SELECT * FROM "{schema}"."{view}"')
                meta = result.getMetaData()
                count = meta.getColumnCount()
                kinds = [meta.getColumnType(i) for i in range(1, count + 1)]
                types = ' '.join(meta.getColumnTypeName(i) for i in range(1, count + 1))
                rows, total = 0, Decimal(0)
                while result.next():
                    rows += 1
                    for i, kind in enumerate(kinds, 1):
                        text = result.getString(i)
                        if not result.wasNull() and kind in WHOLE | NUMERIC:
                            total += Decimal(text)
                print(view, rows, types, f'sum:{total:.2f}', sep='\t')
            connection.close()
            try:
                context.ServiceManager.createInstanceWithContext('com.sun.star.frame.Desktop', context).terminate()
            except Exception:
                pass  # it is gone before it has answered
        finally:
            try:
                office.wait(timeout=10)
            except subprocess.TimeoutExpired:
                office.terminate()
                office.wait()


main()
