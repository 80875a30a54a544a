#!/usr/bin/env node
// Uses the page of the online application as a person would: loads it over HTTP,
// logs in, presses its buttons, answers its questions, and prints what the page
// then shows, one line a step.
//   online_page.js jsdom|chromium URL apply|case|notice      ONLINE_USER, ONLINE_PASSWORD
// In jsdom its script runs without anything being laid out or painted. Chromium
// (ONLINE_BROWSER says which program) is told by its debugging protocol, over a
// pipe, to use mouse and keyboard; what would be hard to read or to press on a desk
// or a telephone is then told as well, and ONLINE_PICTURES=FOLDER keeps pictures.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const [how, url, errand] = process.argv.slice(2);
const { ONLINE_USER: user, ONLINE_PASSWORD: password, ONLINE_PICTURES: pictures } = process.env;
const say = (...words) => console.log(...words);
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

// --- two ways to have the page open: run(function, arguments) in it, press(button), answer(text) to its next questions, close() ---

async function openInJsdom() {
	const { JSDOM, VirtualConsole } = require('jsdom');
	const login = 'Basic ' + Buffer.from(`${user}:${password}`).toString('base64');
	const page = await fetch(url, { headers: { Authorization: login } });
	const complaints = new VirtualConsole();
	complaints.on('jsdomError', (e) => { say('script error:', e.message); process.exitCode = 1; });
	let answer = null;
	const { window } = new JSDOM(await page.text(), {
		url, runScripts: 'dangerously', virtualConsole: complaints,
		// a browser sends the login by itself, and jsdom has neither fetch nor a way to ask
		beforeParse(w) {
			w.fetch = (to, options = {}) => fetch(new URL(to, url), { ...options, headers: { ...options.headers, Authorization: login } });
			w.prompt = () => answer;
		} });
	return {
		run: async (what, ...given) => window.eval(`(${what})`)(...given),
		press: async (label, place, nth) => window.eval(`(${findButton})`)(label, place, nth).click(),
		answer: (text) => { answer = text; },
		close: async () => window.close() };
}

async function openInChromium() {
	const home = fs.mkdtempSync(path.join(os.tmpdir(), 'online-page-'));
	const browser = require('child_process').spawn(process.env.ONLINE_BROWSER || 'chromium', [
		// no sandbox: it is given a page of ours on the loopback, and nothing else
		'--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run', '--disable-extensions', '--disable-sync',
		'--disable-background-networking', '--disable-component-update', '--no-proxy-server', '--force-color-profile=srgb',
		'--remote-debugging-pipe', `--user-data-dir=${home}`, 'about:blank' ],
		{ stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home }, detached: true });
	const gone = new Promise((r) => browser.on('close', r));
	const waiting = new Map(), heard = new Map();
	let number = 0, session, unread = '';
	browser.on('error', (e) => { say('failed:', e.message); process.exit(1); });
	browser.on('exit', () => { for (const w of waiting.values()) w.no(new Error('the browser ended')); });
	const tell = (method, params = {}) => new Promise((yes, no) => {
		waiting.set(++number, { yes, no });
		browser.stdio[3].write(JSON.stringify({ id: number, method, params, sessionId: session }) + '\0');
	});
	browser.stdio[3].on('error', () => {});
	browser.stdio[4].setEncoding('utf8');
	browser.stdio[4].on('data', (text) => {
		const messages = (unread + text).split('\0');
		unread = messages.pop();
		for (const m of messages.map((t) => JSON.parse(t))) {
			if (m.id) {
				const w = waiting.get(m.id);
				waiting.delete(m.id);
				if (m.error) w.no(new Error(`${m.error.message} ${m.error.data ?? ''}`)); else w.yes(m.result);
			} else heard.get(m.method)?.(m.params);
		}
	});
	const close = async () => {
		session = undefined;
		await Promise.race([tell('Browser.close').catch(() => {}), sleep(5000)]);
		await Promise.race([gone, sleep(5000)]);
		try { process.kill(-browser.pid, 'SIGKILL'); } catch { /* it has ended */ }
		fs.rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
	};
	try {
		const { targetId } = await tell('Target.createTarget', { url: 'about:blank' });
		session = (await tell('Target.attachToTarget', { targetId, flatten: true })).sessionId;
		let answer = null, loaded;
		const complain = (what) => { say('script error:', what); process.exitCode = 1; };
		heard.set('Runtime.exceptionThrown', (e) => complain(e.exceptionDetails.exception?.description ?? e.exceptionDetails.text));
		// what the page was told not to do, policies it violates, files that are not there; refusals of the database are its daily business
		heard.set('Log.entryAdded', ({ entry }) => { if (entry.level === 'error' && !/status of (403|404|409) /.test(entry.text)) complain(`${entry.text} ${entry.url ?? ''}`); });
		heard.set('Page.javascriptDialogOpening', () => tell('Page.handleJavaScriptDialog', answer === null ? { accept: false } : { accept: true, promptText: answer }));
		heard.set('Page.loadEventFired', () => loaded());
		heard.set('Fetch.requestPaused', (p) => tell('Fetch.continueRequest', { requestId: p.requestId }).catch(() => {}));
		heard.set('Fetch.authRequired', (p) => tell('Fetch.continueWithAuth', { requestId: p.requestId,
			authChallengeResponse: { response: 'ProvideCredentials', username: user, password } }).catch(() => {}));
		for (const domain of ['Page', 'Runtime', 'Log']) await tell(`${domain}.enable`);
		await tell('Fetch.enable', { handleAuthRequests: true });
		const evaluate = async (expression) => {
			const { result, exceptionDetails } = await tell('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
			if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
			return result.value;
		};
		const run = (what, ...given) => evaluate(`(${what})(${given.map((g) => JSON.stringify(g ?? null)).join(', ')})`);
		const size = (width, height, mobile) => tell('Emulation.setDeviceMetricsOverride', { width, height, mobile, deviceScaleFactor: mobile ? 2 : 1 });
		await size(1000, 800, false);
		const here = new Promise((r) => { loaded = r; });
		await tell('Page.navigate', { url });
		await here;
		return {
			run,
			// where it is, with the mouse: something over it would be hit instead
			press: async (label, place, nth) => {
				const at = await run(`(label, place, nth) => {
					const b = (${findButton})(label, place, nth);
					b.scrollIntoView({ block: 'center' });
					const r = b.getBoundingClientRect(), x = r.x + r.width / 2, y = r.y + r.height / 2;
					return { x, y, free: document.elementFromPoint(x, y) === b };
				}`, label, place, nth);
				if (!at.free) throw new Error(`the button "${label}" is under something`);
				for (const type of ['mousePressed', 'mouseReleased']) await tell('Input.dispatchMouseEvent', { type, x: at.x, y: at.y, button: 'left', clickCount: 1 });
			},
			answer: (text) => { answer = text; },
			look: async (name) => {
				for (const [device, width, height, mobile] of [['desk', 1000, 800, false], ['telephone', 360, 740, true]]) {
					await size(width, height, mobile);
					await sleep(100);
					const bad = await run(lookingBad);
					say(`${device}:`, bad.length ? bad.join('; ') : 'fine');
					if (pictures) {
						const { data } = await tell('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true });
						fs.writeFileSync(path.join(pictures, `online_${name}_${device}.png`), Buffer.from(data, 'base64'));
					}
				}
				await size(1000, 800, false);
			},
			close };
	} catch (e) {
		await close();
		throw e;
	}
}

// --- run in the page -------------------------------------------------------------------

function findButton(label, place, nth) {
	const found = [...(place ? document.getElementById(place) : document).querySelectorAll('button')].filter((b) => b.textContent === label)[nth ?? 0];
	if (!found) throw new Error(`there is no button "${label}"`);
	return found;
}

// What keeps somebody from reading or pressing.
function lookingBad() {
	const bad = [], wide = document.documentElement.clientWidth;
	if (document.documentElement.scrollWidth > wide) bad.push(`scrolls sideways: ${document.documentElement.scrollWidth} of ${wide}`);
	const message = document.getElementById('message'), { top, bottom } = message.getBoundingClientRect();
	if (message.textContent && (top < 0 || bottom > innerHeight)) bad.push('the message is out of sight');
	const shown = (e) => e.getClientRects().length > 0;
	for (const e of [...document.querySelectorAll('h1, h2, p, td, th, pre, button')].filter(shown)) {
		const r = e.getBoundingClientRect(), what = `${e.localName} "${e.textContent.trim().slice(0, 30)}"`;
		if (r.left < 0 || r.right > wide + 0.5) bad.push(`${what} sticks out`);
		if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth) bad.push(`${what} is cut off`);
		if (e.localName === 'button' && (r.height < 32 || r.width < 32)) bad.push(`${what} is ${Math.round(r.width)} by ${Math.round(r.height)}`);
		if (e.localName === 'td' && e.textContent.trim().length > 5 && r.width < 60) bad.push(`${what} has ${Math.round(r.width)} to stand in`);
		if (parseFloat(getComputedStyle(e).fontSize) < 14) bad.push(`${what} is small`);
	}
	const buttons = [...document.querySelectorAll('button')].filter(shown).map((b) => [b, b.getBoundingClientRect()]);
	for (const [i, [b, r]] of buttons.entries())
		for (const [c, s] of buttons.slice(i + 1))
			if (r.left < s.right && s.left < r.right && r.top < s.bottom && s.top < r.bottom) bad.push(`"${b.textContent}" lies on "${c.textContent}"`);
	return bad;
}

// --- the errands -----------------------------------------------------------------------

async function main() {
	const page = await { jsdom: openInJsdom, chromium: openInChromium }[how]();
	try {
		const text = (id) => page.run('(id) => document.getElementById(id).textContent.trim()', id);
		const rows = (id) => page.run('(id) => [...document.getElementById(id).rows].filter((r) => r.cells[0].localName === "td").map((r) => [...r.cells].map((c) => c.textContent))', id);
		const count = (id, what) => page.run('(id, what) => document.getElementById(id).querySelectorAll(what).length', id, what);
		const look = async (name) => { if (page.look) await page.look(name); };
		async function until(what, holds) {
			for (let n = 0; n < 600; n++) {
				if (await holds()) return;
				await sleep(50);
			}
			throw new Error(`never came: ${what}; the page says "${await text('message')}"`);
		}

		// after each change the page asks for everything anew and makes its tables anew, all at once: only then is the next step taken
		async function change(what, label, place, nth) {
			await page.run('() => { window.shown = document.getElementById("transfers").tBodies[0]; }');
			await page.press(label, place, nth);
			await until(what, () => page.run('() => document.getElementById("transfers").tBodies[0] !== window.shown'));
		}

		await until('the vacancies', async () => (await rows('vacancies')).length > 0 && await text('me'));
		say('me:', await text('me'));
		if (errand === 'apply') {
			await look('first');
			await page.press('Peringkat saya', 'vacancies', 0);
			await until('the rank', async () => /peringkat/.test((await rows('vacancies'))[0][3]));
			say('rank:', (await rows('vacancies'))[0][3].replace(/:.*/, ''));
			page.answer(null);
			await page.press('Ajukan');
			page.answer('dekat <b>rumah</b>');
			await change('the application', 'Ajukan');
			say('filed:', (await rows('applications'))[0].join(' | '), '; markup:', await count('applications', 'b'));
			page.answer('ingin memimpin, dan ' + 'sungguh '.repeat(30) + 'x'.repeat(120));
			await change('the second one', 'Ajukan');
			await look('applications');
			await change('the other order', 'Naikkan');
			say('order:', (await rows('applications')).map((r) => r[1]).join(', '));
			await change('the withdrawal', 'Tarik', 'applications', 0);
			say('left:', (await rows('applications')).map((r) => r[1]).join(', '));
		} else if (errand === 'case') {
			const state = async () => (await rows('transfers'))[0]?.[2];
			say('state:', await state());
			await change('the refusal', 'Kirim');
			say('message:', (await text('message')).split('\n')[0]);
			await look('refusal');
			page.answer('17/2026');
			await change('the letter', 'Surat permohonan');
			await change('the submission', 'Kirim');
			say('state:', await state());
			page.answer('keluarga');
			await change('the withdrawal', 'Tarik', 'transfers');
			say('state:', await state(), '; buttons:', await count('transfers', 'button'));
		} else if (errand === 'notice') {
			say('notice:', (await page.run('() => document.querySelector("#notices pre").textContent')).split('\n')[0]);
			await look('notice');
			await change('the acknowledgement', 'Saya sudah membaca');
			say('read:', /Sudah diterima/.test(await text('notices')));
			page.answer('anak sekolah');
			await change('the objection', 'Keberatan');
			say('message:', await text('message'));
		}
	} finally {
		await page.close();
	}
}
main().then(() => process.exit(), (e) => { say('failed:', e.message); process.exit(1); });
