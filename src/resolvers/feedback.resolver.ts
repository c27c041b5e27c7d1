// Taking in the truth about earlier predictions.
import '../schema/reflect-metadata.js';
import { Arg, Mutation, Resolver } from 'type-graphql';
import { feedbackRules } from '../schema/argument-rules.js';
import { FeedbackInput, FeedbackSummary } from '../schema/feedback.type.js';
import { parseInput } from '../schema/parse-input.js';
import type { Plain } from '../schema/plain.js';
import type { ApiFaces } from './faces.js';

@Resolver()
export class FeedbackResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'submitFeedback'>) {}

  @Mutation(() => FeedbackSummary, {
    description: 'True labels, values or boxes, 1 to 1000; a bad item fails alone.',
  })
  async submitFeedback(
    @Arg('input', () => [FeedbackInput]) input: readonly FeedbackInput[],
  ): Promise<Plain<FeedbackSummary>> {
    return this.faces.submitFeedback(parseInput(feedbackRules, input, 'input'));
  }
}
