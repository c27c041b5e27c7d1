// Notifications as plain e-mail, handed to a mail server over SMTP.
import { createTransport } from 'nodemailer';
import type { AlertTransition } from '../../events/alert-transition.js';
import { listOthers } from './list-others.js';
import type { Delivery, Sink } from './sink.js';

const MAX_OTHERS = 20;

/**
 * Sends `emailMessage` through the server of `url`, `smtp://` or `smtps://`, in one connection that lasts `timeoutMs` at
 * most. A password is sent encrypted or not at all, unless the URL says `requireTLS=false`; a certificate that the machine does
 * not trust ends the connection before anything is said, unless it says `tls.rejectUnauthorized=false`. Worth a retry are SMTP answers 4xx
 * and a server that cannot be reached; 5xx and a message that cannot be sent are final, and so is a recipient refused
 * beside others who got it, since a retry would tell those twice.
 */
export function createEmailSink({
  url,
  from,
  to,
  timeoutMs,
}: {
  url: string;
  from: string;
  to: readonly string[];
  timeoutMs: number;
}): Sink {
  const transport = createTransport({
    url,
    requireTLS: new URL(url).password !== '',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    name: 'email',
    deliver: async (notification, others = []) => {
      try {
        const message = { ...emailMessage(notification, others), from, to: [...to] };
        const { rejected } = await transport.sendMail({ ...message, signal: AbortSignal.timeout(timeoutMs) });
        if (rejected.length === 0) return { outcome: 'delivered' };
        const reason = `the mail server refused ${rejected.length} of ${to.length} recipients`;
        return { outcome: 'failed', retry: false, reason };
      } catch (error) {
        return failureOf(error, timeoutMs);
      }
    },
  };
}

/**
 * Subject, text and headers. The Message-ID is made of the transition's id, the same on every retry, so that a mailbox can drop
 * the second; the references put all messages of one episode into one thread.
 */
function emailMessage(
  { id, from, to, at, comment, value, alert }: AlertTransition,
  others: readonly AlertTransition[],
) {
  const { model, version, monitor, key, severity, summary, threshold, startedAt } = alert;
  const happened = to === 'resolved' ? 'RESOLVED' : from === 'pending' ? 'FIRING' : 'STILL FIRING';
  const facts = [
    ['Model', version === null ? model : `${model}, version ${version}`],
    ['Monitor', `${monitor} / ${key}`],
    ['Severity', severity],
    ['Value', value],
    ['Threshold', threshold],
    ['Since', new Date(startedAt).toISOString()],
    [to === 'resolved' ? 'Resolved' : 'At', new Date(at).toISOString()],
    ['Comment', comment],
  ].filter(([, fact]) => fact !== null);
  const withIt = listOthers(
    others,
    MAX_OTHERS,
    (other) => `- ${other.severity}, ${other.monitor} / ${other.key}: ${other.summary}`,
  );
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const thread = `<${alert.id}@vigie>`;
  return {
    subject: `[Vigie] ${happened} ${severity}: ${model}, ${monitor} / ${key}${more}`,
    text: [
      summary,
      '',
      ...facts.map(([name, fact]) => `${name ?? ''}: ${fact ?? ''}`),
      ...(withIt.length === 0 ? [] : ['', 'With it:', ...withIt]),
      '',
    ].join('\n'),
    messageId: `<${id}@vigie>`,
    inReplyTo: thread,
    references: thread,
    // No answer from people on holiday (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

/** Codes of nodemailer for what another try would not change. */
const FINAL: readonly unknown[] = ['EAUTH', 'ENOAUTH', 'ECONFIG', 'EENVELOPE', 'EMESSAGE'];

// Messages of errors name hosts and addresses, so only codes are passed on.
function failureOf(error: unknown, timeoutMs: number): Delivery {
  const answer = property(error, 'responseCode');
  if (typeof answer === 'number')
    return { outcome: 'failed', retry: answer < 500, reason: `the mail server answered SMTP ${answer}` };
  const code = property(error, 'code');
  // What nodemailer calls ESOCKET may be a closed port or a certificate that nobody trusts.
  const why = property(error, 'originalCode') ?? code;
  const reason =
    code === 'EABORT' || code === 'ETIMEDOUT'
      ? `no answer within ${timeoutMs} ms`
      : `the mail server cannot be reached (${typeof why === 'string' ? why : 'unknown'})`;
  return { outcome: 'failed', retry: !FINAL.includes(code), reason };
}

function property(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null
    ? Object.getOwnPropertyDescriptor(error, name)?.value
    : undefined;
}
