// The load generator as a program: takes one plan after the other from its parent and answers each with its result.
import type { LoadPlan } from './plan.js';
import { runLoad } from './run-load.js';

process.on('message', (plan: LoadPlan) => {
  void runLoad(plan).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
