// The scalars of the API; JSON values written as GraphQL literals are held to what JSON can say.
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import {
  GraphQLDateTime,
  GraphQLJSON as LooseJSON,
  GraphQLJSONObject as LooseJSONObject,
} from 'graphql-scalars';

export { GraphQLDateTime };

/** Any JSON value; a literal such as `NaN` or `inf`, which GraphQL reads as an enum value, is refused. */
export const GraphQLJSON = new GraphQLScalarType<unknown>({
  ...LooseJSON.toConfig(),
  parseLiteral: (node, variables) => literalOf(node, variables ?? {}),
});

/** A JSON object; its keys are kept as own properties, `__proto__` too, so that later checks can see and name them. */
export const GraphQLJSONObject = new GraphQLScalarType<unknown>({
  ...LooseJSONObject.toConfig(),
  parseLiteral: (node, variables) => {
    if (node.kind !== Kind.OBJECT) throw new GraphQLError('JSONObject must be an object.', { nodes: node });
    return literalOf(node, variables ?? {});
  },
});

function literalOf(node: ValueNode, variables: Readonly<Record<string, unknown>>): unknown {
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((value) => literalOf(value, variables));
    case Kind.OBJECT:
      // Without a prototype an assignment to `__proto__` makes a plain key instead of changing the object.
      return node.fields.reduce<Record<string, unknown>>((object, field) => {
        const value = literalOf(field.value, variables);
        if (value !== undefined) object[field.name.value] = value;
        return object;
      }, emptyObject());
    case Kind.VARIABLE:
      return variables[node.name.value];
    case Kind.ENUM:
      throw new GraphQLError(`"${node.value}" is not a JSON value.`, { nodes: node });
  }
}

function emptyObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
