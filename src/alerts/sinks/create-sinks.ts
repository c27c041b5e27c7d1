// Which sinks there are, from the settings.
import type { Logger } from 'pino';
import { createAlertmanagerSink } from './alertmanager.sink.js';
import { createEmailSink } from './email.sink.js';
import { createLogSink } from './log.sink.js';
import type { Sink } from './sink.js';
import { createSlackSink } from './slack.sink.js';
import { createWebhookSink } from './webhook.sink.js';

const TIMEOUT_MS = 5000;
// Mail servers let strangers wait before they greet them. A delivery as a whole has 30 s.
const EMAIL_TIMEOUT_MS = 20_000;

/** The log sink always, and those that are set up. `longestPauseOf` says how long a firing alert may go without a word. */
export function createSinks({
  log,
  webhookUrl,
  slackWebhookUrl,
  alertmanagerUrl,
  email,
  longestPauseOf,
  now,
  timeoutMs = TIMEOUT_MS,
}: {
  log: Logger;
  webhookUrl?: string | undefined;
  slackWebhookUrl?: string | undefined;
  alertmanagerUrl?: string | undefined;
  email?: { readonly url: string; readonly from: string; readonly to: readonly string[] } | undefined;
  longestPauseOf: (model: string, monitor: string) => number;
  now: () => number;
  timeoutMs?: number;
}): Sink[] {
  const sinks = [createLogSink(log)];
  if (webhookUrl !== undefined) sinks.push(createWebhookSink({ url: webhookUrl, timeoutMs }));
  if (slackWebhookUrl !== undefined) sinks.push(createSlackSink({ url: slackWebhookUrl, timeoutMs }));
  if (alertmanagerUrl !== undefined)
    sinks.push(createAlertmanagerSink({ url: alertmanagerUrl, timeoutMs, longestPauseOf, now }));
  if (email !== undefined) sinks.push(createEmailSink({ ...email, timeoutMs: EMAIL_TIMEOUT_MS }));
  return sinks;
}
