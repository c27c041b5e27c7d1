// Which sinks there are, from the settings.
import type { Logger } from 'pino';
import { createLogSink } from './log.sink.js';
import type { Sink } from './sink.js';
import { createSlackSink } from './slack.sink.js';
import { createWebhookSink } from './webhook.sink.js';

const TIMEOUT_MS = 5000;

/** The log sink always, and those that have a URL. */
export function createSinks({
  log,
  webhookUrl,
  slackWebhookUrl,
  timeoutMs = TIMEOUT_MS,
}: {
  log: Logger;
  webhookUrl?: string | undefined;
  slackWebhookUrl?: string | undefined;
  timeoutMs?: number;
}): Sink[] {
  const sinks = [createLogSink(log)];
  if (webhookUrl !== undefined) sinks.push(createWebhookSink({ url: webhookUrl, timeoutMs }));
  if (slackWebhookUrl !== undefined) sinks.push(createSlackSink({ url: slackWebhookUrl, timeoutMs }));
  return sinks;
}
