// Silences: making, listing and ending them.
import '../schema/reflect-metadata.js';
import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import { idRule, silenceRules } from '../schema/argument-rules.js';
import { parseInput } from '../schema/parse-input.js';
import type { Plain } from '../schema/plain.js';
import { Silence, SilenceInput } from '../schema/silence.type.js';
import { checkWatched } from './check-watched.js';
import type { ApiFaces, SilenceRecord } from './faces.js';
import type { RequestContext } from './request-context.js';

@Resolver(() => Silence)
export class SilenceResolver {
  constructor(private readonly faces: Pick<ApiFaces, 'registry' | 'silences'>) {}

  @Query(() => [Silence], { description: 'Those that are not over, the first to end first.' })
  async silences(): Promise<Plain<Silence>[]> {
    return (await this.faces.silences.list()).map(toSilence);
  }

  @Mutation(() => Silence, {
    description: 'Alerts that match go on, and people hear nothing of them until then.',
  })
  async silenceAlerts(
    @Arg('input', () => SilenceInput) input: SilenceInput,
    @Ctx() { caller }: RequestContext,
  ): Promise<Plain<Silence>> {
    const {
      model = null,
      monitor = null,
      key = null,
      until,
      comment,
    } = parseInput(silenceRules, input, 'input');
    if (model !== null) checkWatched(this.faces.registry, model);
    return toSilence(
      await this.faces.silences.add({ model, monitor, key, until, comment, createdBy: caller }),
    );
  }

  @Mutation(() => Silence, {
    nullable: true,
    description: 'The silence that this ended; null when there was none of this id.',
  })
  async endSilence(@Arg('id', () => ID) id: string): Promise<Plain<Silence> | null> {
    const ended = await this.faces.silences.end(parseInput(idRule, id, 'id'));
    return ended === undefined ? null : toSilence(ended);
  }
}

function toSilence(silence: SilenceRecord): Plain<Silence> {
  return { ...silence, until: new Date(silence.until) };
}
