#!/usr/bin/python3
"""Online application for transfers, as plain SQL over HTTP.

Whoever logs in, logs in to the database: the name and password of the request
(HTTP Basic) open a connection of that database role, every statement runs as
that role, and row security decides what it sees and does. The program itself
has no password and no rights; nothing here checks who may do what.

    PGHOST=... PGPORT=... PGDATABASE=... AGENCY=kota ./server.py [PORT]

Listens on the loopback only: put a web server with TLS in front of it.
Needs psycopg 3 (Debian: python3-psycopg).
"""
import base64
import binascii
import json
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

# What can be asked. {n} in a path is a number; it and the fields of the body
# named behind the statement become its parameters, in that order.
ROUTES = [
    ('GET', '/me', 'SELECT employee_id, name, nip::text, grade FROM employee', ()),
    ('GET', '/vacancies', 'SELECT v.*, (SELECT min(a.preference) FROM application AS a WHERE a.post_id = v.post_id AND a.withdrawn_at IS NULL AND a.ended_at IS NULL) AS my_preference'
     ' FROM vacancy AS v WHERE NOT blocked ORDER BY unit_ratio DESC NULLS LAST, post_id', ()),
    ('GET', '/vacancies/{n}/rank', 'SELECT * FROM my_rank(%s)', ()),
    ('GET', '/vacancies/{n}/match', 'SELECT * FROM explain_match(my_employee(), %s)', ()),
    ('GET', '/opportunities', 'SELECT * FROM my_opportunities(10)', ()),
    ('GET', '/applications', 'SELECT a.application_id, a.post_id, p.title, u.name AS unit_name, a.preference, a.reason, a.filed_at, a.withdrawn_at, a.transfer_id'
     ' FROM application AS a JOIN post AS p USING (post_id) JOIN unit AS u USING (unit_id) ORDER BY a.withdrawn_at NULLS FIRST, a.preference', ()),
    ('POST', '/applications', 'SELECT apply_for_transfer(%s::integer, %s) AS application_id', ('post', 'reason')),
    ('PUT', '/applications/order', 'SELECT order_applications(%s::integer[])', ('applications',)),
    ('POST', '/applications/{n}/withdraw', 'SELECT withdraw_application(%s)', ()),
    ('GET', '/transfers', 'SELECT s.*, w.title_id AS state_title FROM transfer_status AS s JOIN transfer AS t USING (transfer_id)'
     ' LEFT JOIN LATERAL (SELECT title_id FROM workflow_state WHERE workflow = t.workflow AND state = t.state ORDER BY version DESC LIMIT 1) AS w ON true ORDER BY transfer_id', ()),
    ('GET', '/transfers/{n}/history', 'SELECT * FROM transfer_timeline WHERE transfer_id = %s ORDER BY step', ()),
    ('POST', '/transfers/{n}/documents', 'INSERT INTO transfer_document (transfer_id, code, title, number) VALUES (%s, %s, %s, %s) RETURNING transfer_id, code', ('code', 'title', 'number')),
    ('POST', '/transfers/{n}/submit', "UPDATE transfer SET state = 'submitted' WHERE transfer_id = %s RETURNING transfer_id, state", ()),
    ('POST', '/transfers/{n}/withdraw', "UPDATE transfer SET state = 'withdrawn', state_reason = %(reason)s WHERE transfer_id = %(n)s RETURNING transfer_id, state", ('reason',)),
    ('GET', '/notices', 'SELECT n.transfer_id, n.body, n.issued_at, n.acknowledged_at FROM notice AS n ORDER BY n.issued_at', ()),
    ('POST', '/transfers/{n}/acknowledge', 'SELECT acknowledge_notice(%s)', ()),
    ('POST', '/transfers/{n}/objections', 'SELECT file_objection(%s, %s) AS objection_id', ('grounds',)),
]
ROUTES = [(method, re.compile(re.escape(path).replace(r'\{n\}', r'(\d{1,9})') + r'\Z'), path, sql, fields) for method, path, sql, fields in ROUTES]
PAGE = (Path(__file__).parent / 'index.html').read_bytes()
AGENCY = os.environ.get('AGENCY', 'kota')
LARGEST = 64 * 1024


def status_of(error):
    """The HTTP status of a refusal by the database."""
    state = error.sqlstate or ''
    if state == '42501':
        return 403
    if state.startswith('MU') or state in ('23505', '23P01'):
        return 409  # against the state of things: the message says what and why
    if state[:2] in ('22', '23', '42'):
        return 400
    return 500


class Handler(BaseHTTPRequestHandler):
    server_version = 'mutasi-online'
    sys_version = ''

    def answer(self, status, value, kind='application/json'):
        body = value if isinstance(value, bytes) else json.dumps(value, default=str).encode()
        self.send_response(status)
        self.send_header('Content-Type', kind + '; charset=utf-8')
        self.send_header('Content-Length', str(len(body)))
        self.send_header('Cache-Control', 'no-store')
        self.send_header('X-Content-Type-Options', 'nosniff')
        self.send_header('Content-Security-Policy', "default-src 'self' 'unsafe-inline'; frame-ancestors 'none'")
        if status == 401:
            self.send_header('WWW-Authenticate', 'Basic realm="mutasi", charset="UTF-8"')
        self.end_headers()
        self.wfile.write(body)

    def login(self):
        try:
            scheme, _, value = self.headers.get('Authorization', '').partition(' ')
            name, colon, password = base64.b64decode(value, validate=True).decode().partition(':')
        except (binascii.Error, UnicodeDecodeError):
            return None
        if scheme.lower() != 'basic' or not colon or not name or not password or '\0' in name + password:
            return None
        return name, password

    def body(self):
        size = int(self.headers.get('Content-Length') or 0)
        if size > LARGEST:
            raise ValueError('the request is too long')
        value = json.loads(self.rfile.read(size) or b'{}')
        if not isinstance(value, dict):
            raise ValueError('the request is no JSON object')
        for field, part in value.items():
            if not (part is None or isinstance(part, (str, int)) or isinstance(part, list) and all(isinstance(x, int) for x in part)):
                raise ValueError(f'{field} is neither a text nor a number nor a list of numbers')
        return value

    def handle_request(self):
        found = [(match, sql, fields) for method, pattern, _, sql, fields in ROUTES
                 if method == self.command and (match := pattern.match(self.path))]
        login = self.login()
        if not login:
            return self.answer(401, {'message': 'log in with the name and password of your database role'})
        if self.command == 'GET' and self.path == '/':
            return self.answer(200, PAGE, 'text/html')
        if not found:
            return self.answer(404, {'message': 'there is nothing here'})
        # a page of somebody else's cannot send this type without being asked first
        if self.command != 'GET' and not self.headers.get('Content-Type', '').startswith('application/json'):
            return self.answer(415, {'message': 'send application/json'})
        match, sql, fields = found[0]
        try:
            values = self.body() if self.command != 'GET' else {}
            numbers = [int(n) for n in match.groups()]
            wanted = [values.get(field) for field in fields]
            if '%(n)s' in sql:
                parameters = {'n': numbers[0], **dict(zip(fields, wanted))}
            else:
                parameters = numbers + wanted
        except ValueError as error:
            return self.answer(400, {'message': str(error)})
        try:
            connection = psycopg.connect(
                user=login[0], password=login[1], connect_timeout=10, row_factory=dict_row, application_name='online application',
                options=f'-c search_path={AGENCY},mutasi -c statement_timeout=10s')
        except psycopg.Error as error:
            self.log_message('%s', error)
            return self.answer(401, {'message': 'the database does not let you in'})
        try:
            with connection:  # one transaction
                rows = connection.execute(sql, parameters).fetchall()
        except psycopg.Error as error:
            status = status_of(error)
            if status == 500:
                self.log_error('%s', error)
                return self.answer(500, {'message': 'something went wrong', 'sqlstate': error.sqlstate})
            return self.answer(status, {'message': error.diag.message_primary, 'hint': error.diag.message_hint,
                                        'detail': error.diag.message_detail, 'sqlstate': error.sqlstate})
        if sql.startswith('UPDATE') and not rows:
            return self.answer(404, {'message': 'there is no such case of yours that you may change'})
        return self.answer(200, rows)

    do_GET = do_POST = do_PUT = handle_request

    def log_message(self, *args):
        if os.environ.get('VERBOSE'):
            super().log_message(*args)


def main():
    if not re.fullmatch(r'[a-z][a-z0-9_]{0,47}', AGENCY):
        sys.exit('AGENCY is no name of an agency schema')
    server = ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1]) if len(sys.argv) > 1 else 8080), Handler)
    server.daemon_threads = True
    print(f'http://127.0.0.1:{server.server_address[1]}/', flush=True)
    server.serve_forever()


if __name__ == '__main__':
    main()
