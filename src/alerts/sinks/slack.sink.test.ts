// What a Slack channel reads, for each kind of notification.
import { expect, test } from 'vitest';
import { findingOf, startStory } from '../../../test/support/alert-story.js';
import { slackMessage } from './slack.sink.js';

function messagesOf(summary: string) {
  const story = startStory({ forMs: 0, keepFiringForMs: 0, repeatMs: 10 });
  story.see(0, findingOf('warning', { summary }));
  story.see(10, findingOf('warning', { summary }));
  story.see(11, 'ok');
  return story.transitions.filter(({ notify }) => notify).map((told) => slackMessage(told, []));
}

test('a message names what happened, how severe, the model, where and the summary', () => {
  const [fired, repeated, resolved] = messagesOf('mean confidence 0.61 is under 0.7');
  expect(fired).toEqual({
    text: 'FIRING warning: m: mean confidence 0.61 is under 0.7',
    blocks: [
      {
        type: 'section',
        text: { type: 'mrkdwn', text: ':warning: *FIRING warning: m*\nmean confidence 0.61 is under 0.7' },
      },
      { type: 'context', elements: [{ type: 'mrkdwn', text: 'version 1 | confidence / mean' }] },
    ],
  });
  expect(repeated?.text).toMatch(/^STILL FIRING warning/);
  expect(resolved?.text).toMatch(/^RESOLVED warning/);
});

test('text from data cannot call a channel, make a link or outgrow a block', () => {
  const [fired] = messagesOf(`<!channel> a & b ${'&'.repeat(10_000)}`);
  expect(fired?.text).toContain('&lt;!channel&gt; a &amp; b');
  expect(JSON.stringify(fired?.blocks)).not.toContain('<!');
  expect(fired?.blocks[0]?.text?.text.length).toBeLessThan(3000);
});
