// schema.graphql is what the code offers, and what the code offers is what the contract promises.
import { readFile } from 'node:fs/promises';
import { buildSchema, type GraphQLSchema, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { printApiSchema } from '../../src/resolvers/create-api-schema.js';

const contract = buildSchema(await readFile(new URL('api-contract.graphql', import.meta.url), 'utf8'));
const offered = buildSchema(printApiSchema());

it('has a current schema.graphql', async () => {
  const committed = await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8');
  expect(committed, 'run: npm run schema').toBe(printApiSchema());
});

it('offers every type, field, argument and enum value of the contract with its type and nullability', () => {
  const promised = membersOf(contract);
  expect(promised.length).toBeGreaterThan(200);
  expect(Object.fromEntries(membersOf(offered))).toMatchObject(Object.fromEntries(promised));
});

it('asks for nothing the contract does not ask for', () => {
  const known = new Set(membersOf(contract).map(([member]) => member));
  const demanded = membersOf(offered).filter(
    ([member, type]) => !known.has(member) && /Input\.|Filter\.|\(/.test(member) && type.endsWith('!'),
  );
  expect(demanded).toEqual([]);
});

/** `Type.field`, `Type.field(arg)` or `Enum.VALUE`, with its type and, for arguments, its default. */
function membersOf(schema: GraphQLSchema): [member: string, type: string][] {
  return Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__'))
    .flatMap((type): [string, string][] => {
      if (isEnumType(type)) return type.getValues().map(({ name }) => [`${type.name}.${name}`, 'value']);
      if (isInputObjectType(type))
        return Object.values(type.getFields()).map((field) => [
          `${type.name}.${field.name}`,
          String(field.type),
        ]);
      if (!isObjectType(type)) return [];
      return Object.values(type.getFields()).flatMap((field): [string, string][] => [
        [`${type.name}.${field.name}`, String(field.type)],
        ...field.args.map((arg): [string, string] => [
          `${type.name}.${field.name}(${arg.name})`,
          `${String(arg.type)} = ${String(arg.defaultValue)}`,
        ]),
      ]);
    });
}
