// E-mail through a real SMTP conversation: what arrives, what counts as delivered, and what is worth another try.
import { afterEach, describe, expect, it, test } from 'vitest';
import { createEmailSink } from '../../src/alerts/sinks/email.sink.js';
import { findFreePort } from '../../src/redis/free-port.js';
import { findingOf, startStory } from '../support/alert-story.js';
import { startPrivateSmtp, type Refusals } from '../support/private-smtp.js';

let stop: (() => Promise<void>) | undefined;
afterEach(async () => {
  await stop?.();
  stop = undefined;
});

function notifications(summary = 'mean confidence 0.61 is under 0.7') {
  const story = startStory({ forMs: 0, keepFiringForMs: 0, repeatMs: 10 });
  const finding = findingOf('warning', { summary, value: 0.61, threshold: 0.7 });
  story.see(1000, finding);
  story.see(2000, finding);
  story.see(3000, 'ok');
  const told = story.transitions.filter(({ notify }) => notify);
  const [fired, repeated, resolved] = told;
  if (fired === undefined || repeated === undefined || resolved === undefined) throw new Error('no story');
  return { fired, repeated, resolved };
}

async function open(
  refusals: Refusals = {},
  {
    offers = 'plain',
    user = '',
    query = '',
    to = ['ann@example.org', 'ben@example.org'],
    timeoutMs = 5000,
  }: {
    offers?: 'plain' | 'starttls' | 'tls';
    user?: string;
    query?: string;
    to?: string[];
    timeoutMs?: number;
  } = {},
) {
  await stop?.();
  const smtp = await startPrivateSmtp(refusals, offers);
  stop = smtp.stop;
  const url = `${offers === 'tls' ? 'smtps' : 'smtp'}://${user}127.0.0.1:${smtp.port}${query}`;
  return { smtp, sink: createEmailSink({ url, from: 'Vigie <vigie@example.org>', to, timeoutMs }) };
}

it('tells every recipient what happened, how severe, where, and the values, in one message', async () => {
  const { smtp, sink } = await open();
  expect(await sink.deliver(notifications().fired)).toEqual({ outcome: 'delivered' });
  expect(smtp.mails).toHaveLength(1);
  const { from, to, text } = smtp.mails[0] ?? { from: '', to: [], text: '' };
  expect({ from, to }).toEqual({ from: 'vigie@example.org', to: ['ann@example.org', 'ben@example.org'] });
  expect(text).toMatch(/^From: Vigie <vigie@example.org>$/m);
  expect(text).toMatch(/^Subject: \[Vigie\] FIRING warning: m, confidence \/ mean$/m);
  expect(text).toMatch(/^Auto-Submitted: auto-generated$/m);
  for (const line of [
    'mean confidence 0.61 is under 0.7',
    'Model: m, version 1',
    'Monitor: confidence / mean',
    'Value: 0.61',
    'Threshold: 0.7',
    'At: 1970-01-01T00:00:01.000Z',
  ])
    expect(text).toContain(`\n${line}`);
});

it('tells in one message of all that one evaluation found, names the first twenty and counts the rest', async () => {
  const { smtp, sink } = await open();
  const other = notifications('accuracy 0.71 is under 0.8').fired;
  await sink.deliver(notifications().fired, [other]);
  await sink.deliver(
    notifications().fired,
    Array.from({ length: 198 }, () => other),
  );
  expect(smtp.mails).toHaveLength(2);
  const [one, many] = smtp.mails.map(({ text }) => text);
  expect(one).toMatch(/^Subject: \[Vigie\] FIRING warning: m, confidence \/ mean \(and 1 more\)$/m);
  const line = '- warning, confidence / mean: accuracy 0.71 is under 0.8';
  expect(one).toContain(`\nWith it:\n${line}\n`);
  expect(one).not.toMatch(/^and \d+ more$/m);
  expect(many?.split(line)).toHaveLength(21);
  expect(many).toMatch(/^and 178 more$/m);
});

it('gives a retry the same Message-ID, and all of one episode one thread', async () => {
  const { smtp, sink } = await open();
  const { fired, repeated, resolved } = notifications();
  for (const notification of [fired, fired, repeated, resolved]) await sink.deliver(notification);
  const headers = (name: string) =>
    smtp.mails.map(({ text }) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]);
  const ids = headers('Message-ID');
  expect(ids[1]).toBe(ids[0]);
  expect(new Set(ids).size).toBe(3);
  expect(new Set(headers('References'))).toEqual(new Set([`<${fired.alert.id}@vigie>`]));
  expect(headers('Subject').map((subject) => /(\w+ )?\w+ING|RESOLVED/.exec(subject ?? '')?.[0])).toEqual([
    'FIRING',
    'FIRING',
    'STILL FIRING',
    'RESOLVED',
  ]);
});

it('lets text from data start no header and end no message', async () => {
  const { smtp, sink } = await open();
  await sink.deliver(notifications('a\r\n.\r\nBcc: eve@example.org\r\n.\r\n').fired);
  expect(smtp.mails).toHaveLength(1);
  expect(smtp.mails[0]?.to).toHaveLength(2);
  expect(smtp.mails[0]?.text.split('\n\n')[0]).not.toContain('eve');
});

test.each([
  ['greeting', '421 busy', true],
  ['greeting', '554 no', false],
  ['MAIL', '451 later', true],
  ['MAIL', '550 no', false],
  ['RCPT', '450 greylisted', true],
  ['RCPT', '550 unknown', false],
  ['message', '452 full', true],
  ['message', '552 too large', false],
])('a server that says to %s "%s" is worth a retry: %s', async (step, answer, retry) => {
  const { smtp, sink } = await open({ [step]: () => answer });
  const reason = `the mail server answered SMTP ${answer.slice(0, 3)}`;
  expect(await sink.deliver(notifications().fired)).toEqual({ outcome: 'failed', retry, reason });
  expect(smtp.mails).toEqual([]);
});

it('is final when one recipient is refused and the other has it, and says how many', async () => {
  const { smtp, sink } = await open({ RCPT: (to) => (to.startsWith('ben') ? '450 later' : undefined) });
  expect(await sink.deliver(notifications().fired)).toEqual({
    outcome: 'failed',
    retry: false,
    reason: 'the mail server refused 1 of 2 recipients',
  });
  expect(smtp.mails[0]?.to).toEqual(['ann@example.org']);
});

const user = 'ann:s3cret%40@';
const untrusted = '?tls.rejectUnauthorized=false';

it('sends no password unencrypted, unless told so, and takes a refused one as final', async () => {
  const strict = await open({}, { user });
  const refused = await strict.sink.deliver(notifications().fired);
  expect(refused).toMatchObject({ outcome: 'failed', retry: false });
  expect(strict.smtp.passwords).toEqual([]);
  const told = await open({}, { user, query: '?requireTLS=false' });
  expect(await told.sink.deliver(notifications().fired)).toEqual({ outcome: 'delivered' });
  expect(told.smtp.passwords).toEqual([{ user: 'ann', password: 's3cret@', isEncrypted: false }]);
  const wrong = await open({ AUTH: () => '535 no' }, { user, query: '?requireTLS=false' });
  expect(await wrong.sink.deliver(notifications().fired)).toMatchObject({ retry: false });
});

describe.each(['starttls', 'tls'] as const)('a server that offers %s', (offers) => {
  it('gets password and message encrypted', async () => {
    const { smtp, sink } = await open({}, { offers, user, query: untrusted });
    expect(await sink.deliver(notifications().fired)).toEqual({ outcome: 'delivered' });
    expect(smtp.passwords).toEqual([{ user: 'ann', password: 's3cret@', isEncrypted: true }]);
    expect(smtp.mails).toMatchObject([{ isEncrypted: true }]);
  });

  it('gets the message encrypted without a password too', async () => {
    const { smtp, sink } = await open({}, { offers, query: untrusted });
    expect(await sink.deliver(notifications().fired)).toEqual({ outcome: 'delivered' });
    expect(smtp.passwords).toEqual([]);
    expect(smtp.mails).toMatchObject([{ isEncrypted: true }]);
  });

  it('gets nothing with a certificate that nobody trusts, and the reason says so', async () => {
    const { smtp, sink } = await open({}, { offers, user });
    expect(await sink.deliver(notifications().fired)).toEqual({
      outcome: 'failed',
      retry: true,
      reason: expect.stringMatching(/CERT_HAS_EXPIRED|SELF_SIGNED_CERT/) as string,
    });
    expect([smtp.passwords, smtp.mails]).toEqual([[], []]);
  });
});

it('is worth a retry when the server is silent, gone or unknown, and the reason names neither', async () => {
  const silentServer = await open({ MAIL: () => null }, { timeoutMs: 200 });
  const port = await findFreePort();
  const sinkTo = (url: string) =>
    createEmailSink({ url, from: 'v@example.org', to: ['ann@example.org'], timeoutMs: 5000 });
  const deliveries = await Promise.all(
    [silentServer.sink, sinkTo(`smtp://127.0.0.1:${port}`), sinkTo('smtp://s3cret.invalid')].map((sink) =>
      sink.deliver(notifications().fired),
    ),
  );
  for (const delivery of deliveries) {
    expect(delivery).toMatchObject({ outcome: 'failed', retry: true });
    expect(JSON.stringify(delivery)).not.toMatch(/s3cret|127\.0\.0\.1|example/);
  }
  expect(deliveries[0]).toMatchObject({ reason: 'no answer within 200 ms' });
});
