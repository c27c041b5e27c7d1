// The pages for people work in a real browser that can reach nothing but this server.
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findChromium } from '../support/find-command.js';
import { MODEL, openDoor, post } from './http-door.js';

const CHROMIUM = findChromium();

let door: Awaited<ReturnType<typeof openDoor>>;
let browser: Browser | undefined;
beforeAll(async () => {
  door = await openDoor();
  if (CHROMIUM !== undefined)
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await door.server.stop(500);
});

it('serves a front page with a command that works as it stands', async () => {
  const response = await fetch(`${door.server.url}/`);
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const html = await response.text();
  expect(html).toContain('Iris classifier');
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  const command = html.replaceAll('&#39;', "'").replaceAll('&quot;', '"');
  const answer = await post(door.endpoint, /-d '(.*)'/.exec(command)?.[1] ?? '');
  expect(answer.body.data?.['predict']).toMatchObject({ label: 'setosa' });
});

it('does not repeat a strange Host header', async () => {
  const { get } = await import('node:http');
  const html = await new Promise<string>((resolve) => {
    get(door.server.url, { headers: { host: "x';rm" } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text));
    });
  });
  expect(html).not.toContain('rm');
  expect(html).toContain('http://localhost/graphql');
});

it('serves no explorer when it is switched off', async () => {
  const closed = await openDoor({ graphql: { explorer: false } });
  const response = await fetch(closed.endpoint, { headers: { accept: 'text/html' } });
  expect(response.status).toBe(406);
  await closed.server.stop(500);
});

it.skipIf(CHROMIUM === undefined)('draws the front page without asking anyone else', async () => {
  await visit('/', async (page) => {
    expect(await page.locator('h1').innerText()).toBe('Vigie');
    expect(await page.locator('article h3').innerText()).toContain(MODEL);
  });
});

it.skipIf(CHROMIUM === undefined)('runs a query in the explorer without asking anyone else', async () => {
  await visit('/graphql', async (page) => {
    await page.locator('.graphiql-execute-button').click();
    await page.getByText('sepal_length').first().waitFor();
    const socketOpens = `new Promise((resolve) => {
      const socket = new WebSocket(location.href.replace('http', 'ws'), 'graphql-transport-ws');
      socket.onopen = () => resolve(true);
      socket.onerror = () => resolve(false);
    })`;
    expect(await page.evaluate(socketOpens)).toBe(true);
  });
});

/** Every request that leaves this server is a failure, and so is every error on the page. */
async function visit(path: string, look: (page: Page) => Promise<void>): Promise<void> {
  if (browser === undefined) throw new Error('no browser');
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.route('**', (route) => {
    const url = route.request().url();
    if (url.startsWith(door.server.url)) return route.continue();
    problems.push(`asked for ${url}`);
    return route.abort();
  });
  await page.goto(`${door.server.url}${path}`);
  await look(page);
  await page.close();
  expect(problems).toEqual([]);
}
