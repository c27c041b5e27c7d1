// A plain field has no resolver: GraphQL reads its property, which costs nothing, where a resolver costs a microsecond.
import { isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { createRooms } from '../../test/integration/http-door.js';
import { createApiSchema } from './create-api-schema.js';

it('has no resolvers but those that do something', () => {
  const schema = createApiSchema(createRooms().faces);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const resolved = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter((type) => !type.name.startsWith('__') && !roots.includes(type))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ resolve }) => resolve !== undefined)
        .map(({ name }) => `${type.name}.${name}`),
    );
  expect(resolved.sort()).toEqual(['Alert.history', 'ModelHealth.recentAlerts']);
});
