// @ts-check
// A monitor plugin whose evaluation never ends once it has seen a prediction.
import { monitor as oddity } from './odd-plugin.js';

/** @type {typeof oddity} */
export const monitor = {
  ...oddity,
  name: 'endless',
  create(settings, subject) {
    const counting = oddity.create(settings, subject);
    let hasSeen = false;
    return {
      ...counting,
      update: () => void (hasSeen = true),
      evaluate: (now) => {
        while (hasSeen);
        return counting.evaluate(now);
      },
    };
  },
};
