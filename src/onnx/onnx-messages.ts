// The part of onnx.proto this project speaks: field numbers as in onnx/onnx.proto, IR version 8.
import protobuf from 'protobufjs/light.js';

/** The message a model is written with. */
export function createModelMessage(): protobuf.Type {
  return lookUp({
    ...SHARED,
    GraphProto: message({
      node: repeated('NodeProto', 1),
      name: one('string', 2),
      initializer: repeated('TensorProto', 5),
      docString: one('string', 10),
      input: repeated('ValueInfoProto', 11),
      output: repeated('ValueInfoProto', 12),
    }),
    NodeProto: message({
      input: repeated('string', 1),
      output: repeated('string', 2),
      name: one('string', 3),
      opType: one('string', 4),
      attribute: repeated('AttributeProto', 5),
      domain: one('string', 7),
    }),
    AttributeProto: message({
      name: one('string', 1),
      f: one('float', 2),
      i: one('int64', 3),
      s: one('string', 4),
      floats: repeated('float', 7),
      ints: repeated('int64', 8),
      strings: repeated('string', 9),
      type: one('int32', 20),
    }),
    TensorProto: message({
      dims: repeated('int64', 1),
      dataType: one('int32', 2),
      floatData: packed('float', 4),
      stringData: repeated('string', 6),
      int64Data: packed('int64', 7),
      name: one('string', 8),
    }),
  });
}

/** The message a signature is read with: nodes and weights are left out, so a large file costs no more than its size in skips. */
export function createSignatureMessage(): protobuf.Type {
  return lookUp({
    ...SHARED,
    GraphProto: message({
      name: one('string', 2),
      initializer: repeated('TensorProto', 5),
      input: repeated('ValueInfoProto', 11),
      output: repeated('ValueInfoProto', 12),
    }),
    TensorProto: message({ name: one('string', 8) }),
  });
}

// proto2 as onnx.proto is: there a zero that is set is written, which an attribute of value 0 needs.
function message(fields: Record<string, protobuf.IField>): protobuf.IType {
  return { edition: 'proto2', fields };
}

const one = (type: string, id: number): protobuf.IField => ({ type, id });
const repeated = (type: string, id: number): protobuf.IField => ({ rule: 'repeated', type, id });
const packed = (type: string, id: number): protobuf.IField => ({
  rule: 'repeated',
  type,
  id,
  options: { packed: true },
});

// Sequence, map and the like are opened only far enough to say what they are.
const SHARED = {
  ModelProto: message({
    irVersion: one('int64', 1),
    producerName: one('string', 2),
    graph: one('GraphProto', 7),
    opsetImport: repeated('OperatorSetIdProto', 8),
  }),
  OperatorSetIdProto: message({ domain: one('string', 1), version: one('int64', 2) }),
  ValueInfoProto: message({ name: one('string', 1), type: one('TypeProto', 2) }),
  TypeProto: message({
    tensorType: one('TensorTypeProto', 1),
    sequenceType: one('bytes', 4),
    mapType: one('bytes', 5),
    opaqueType: one('bytes', 7),
    sparseTensorType: one('bytes', 8),
    optionalType: one('bytes', 9),
  }),
  TensorTypeProto: message({ elemType: one('int32', 1), shape: one('TensorShapeProto', 2) }),
  TensorShapeProto: message({ dim: repeated('DimensionProto', 1) }),
  DimensionProto: message({ dimValue: one('int64', 1), dimParam: one('string', 2) }),
};

function lookUp(messages: Record<string, protobuf.IType>): protobuf.Type {
  return protobuf.Root.fromJSON({ nested: { onnx: { nested: messages } } }).lookupType('onnx.ModelProto');
}
