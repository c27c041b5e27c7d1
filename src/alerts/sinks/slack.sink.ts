// Notifications in Slack's incoming-webhook format.
import type { AlertTransition } from '../../events/alert-transition.js';
import { postJson } from './http-post.js';
import { listOthers } from './list-others.js';
import type { Sink } from './sink.js';

/** POSTs `slackMessage` to an incoming webhook; the URL is the secret and appears nowhere else. */
export function createSlackSink({ url, timeoutMs }: { url: string; timeoutMs: number }): Sink {
  return {
    name: 'slack',
    deliver: (notification, others = []) =>
      postJson({ url, body: slackMessage(notification, others), timeoutMs }),
  };
}

// Slack refuses a block over 3000 characters as a whole, and escaping makes up to five of one.
const MAX_SUMMARY = 500;
const MAX_OTHERS = 10;
const MAX_OTHER_SUMMARY = 50;

/** `text` is what phones and screen readers show; `blocks` is what the channel shows. */
export function slackMessage(
  { from, to, comment, alert }: AlertTransition,
  others: readonly AlertTransition[],
) {
  const { model, version, monitor, key, severity, summary, acknowledgedBy } = alert;
  const happened = to === 'resolved' ? 'RESOLVED' : from === 'pending' ? 'FIRING' : 'STILL FIRING';
  const mark =
    to === 'resolved' ? ':white_check_mark:' : severity === 'critical' ? ':red_circle:' : ':warning:';
  const title = `${happened} ${severity}: ${model}`;
  const facts = [
    version === null ? undefined : `version ${version}`,
    `${monitor} / ${key}`,
    acknowledgedBy === null ? undefined : `acknowledged by ${acknowledgedBy}`,
    comment ?? undefined,
  ].filter((fact) => fact !== undefined);
  const text = summary.slice(0, MAX_SUMMARY);
  return {
    text: escape(`${title}: ${text}`),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `${mark} *${escape(title)}*\n${escape(text)}` } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: escape(facts.join(' | ')) }] },
      ...(others.length === 0
        ? []
        : [{ type: 'section', text: { type: 'mrkdwn', text: `With it:\n${listOf(others)}` } }]),
    ],
  };
}

function listOf(others: readonly AlertTransition[]): string {
  const lines = listOthers(
    others,
    MAX_OTHERS,
    ({ monitor, key, summary }) => `${monitor} / ${key}: ${summary.slice(0, MAX_OTHER_SUMMARY)}`,
  );
  return escape(lines.join('\n'));
}

// Unescaped, `<!channel>` in a category's name would call everyone; the escapes are the three Slack asks for.
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
