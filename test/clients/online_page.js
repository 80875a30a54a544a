#!/usr/bin/env node
// Uses the page of the online application as a person would: loads it over HTTP,
// runs its script in jsdom, presses its buttons, answers its questions, and prints
// what the page then shows, one line a step.
//   online_page.js URL apply|case|notice      ONLINE_USER, ONLINE_PASSWORD
'use strict';
const { JSDOM, VirtualConsole } = require('jsdom');
const [url, errand] = process.argv.slice(2);
const login = 'Basic ' + Buffer.from(`${process.env.ONLINE_USER}:${process.env.ONLINE_PASSWORD}`).toString('base64');

async function main() {
	const page = await fetch(url, { headers: { Authorization: login } });
	const complaints = new VirtualConsole();
	complaints.on('jsdomError', (e) => { console.log('script error:', e.message); process.exitCode = 1; });
	let answer = null;
	const { window } = new JSDOM(await page.text(), {
		url, runScripts: 'dangerously', virtualConsole: complaints,
		// a browser sends the login by itself, and jsdom has neither fetch nor a way to ask
		beforeParse(w) {
			w.fetch = (path, options = {}) => fetch(new URL(path, url), { ...options, headers: { ...options.headers, Authorization: login } });
			w.prompt = () => answer;
		} });
	const $ = (id) => window.document.getElementById(id);
	const rows = (id) => [...$(id).rows].map((r) => [...r.cells].map((c) => c.textContent).join(' | '));
	async function until(what, holds) {
		for (let n = 0; n < 600; n++) {
			if (holds()) return;
			await new Promise((r) => setTimeout(r, 50));
		}
		throw new Error(`never came: ${what}; the page says "${$('message').textContent}"`);
	}
	function press(label, place = window.document, nth = 0) {
		const found = [...place.querySelectorAll('button')].filter((b) => b.textContent === label)[nth];
		if (!found) throw new Error(`there is no button "${label}"`);
		found.click();
	}
	const say = (...words) => console.log(...words);

	await until('the vacancies', () => rows('vacancies').length > 0 && $('me').textContent);
	say('me:', $('me').textContent.trim());
	if (errand === 'apply') {
		press('Peringkat saya', $('vacancies').rows[0]);
		await until('the rank', () => /peringkat/.test(rows('vacancies')[0]));
		say('rank:', $('vacancies').rows[0].cells[3].textContent.replace(/:.*/, ''));
		answer = null;
		press('Ajukan');
		answer = 'dekat <b>rumah</b>';
		press('Ajukan');
		await until('the application', () => rows('applications').length === 1);
		say('filed:', rows('applications')[0], '; markup:', $('applications').querySelectorAll('b').length);
		answer = 'ingin memimpin';
		press('Ajukan');
		await until('the second one', () => rows('applications').length === 2);
		const before = rows('applications')[1].slice(3);
		press('Naikkan');
		await until('the other order', () => rows('applications')[0].slice(3).startsWith(before.slice(0, 10)));
		say('order:', rows('applications').map((r) => r.split(' | ')[1]).join(', '));
		press('Tarik', $('applications').rows[0]);
		await until('the withdrawal', () => rows('applications').length === 1);
		say('left:', rows('applications').map((r) => r.split(' | ')[1]).join(', '));
	} else if (errand === 'case') {
		const state = () => $('transfers').rows[0].cells[2].textContent;
		say('state:', state());
		// what was done has come back when the table is made anew
		const anew = (what) => { const row = $('transfers').rows[0]; return until(what, () => $('transfers').rows[0] && $('transfers').rows[0] !== row); };
		press('Kirim');
		await anew('the refusal');
		say('message:', $('message').textContent.split('\n')[0]);
		answer = '17/2026';
		press('Surat permohonan');
		await anew('the letter');
		press('Kirim');
		await until('the submission', () => state() === 'submitted');
		say('state:', state());
		answer = 'keluarga';
		press('Tarik', $('transfers'));
		await until('the withdrawal', () => state() === 'withdrawn');
		say('state:', state(), '; buttons:', $('transfers').querySelectorAll('button').length);
	} else if (errand === 'notice') {
		say('notice:', $('notices').querySelector('pre').textContent.split('\n')[0]);
		press('Saya sudah membaca');
		await until('the acknowledgement', () => /Sudah diterima/.test($('notices').textContent));
		answer = 'anak sekolah';
		press('Keberatan');
		await new Promise((r) => setTimeout(r, 1000));
		say('message:', $('message').textContent);
	}
	window.close();
}
main().catch((e) => { console.log('failed:', e.message); process.exitCode = 1; });
