/** Plans and lambda trees by hand, as the front end would give them. */
import type { Argument, Expression, Lambda, Local, ObjectMember, Statement } from '../../../compiler/ir/lambda.js'
import type { LogicalNode, LogicalTopic } from '../../../compiler/ir/logical-plan.js'
import type { EdgeType, ResolvedPlan, ResolvedSerde, ResolvedTopic } from '../../../compiler/ir/resolved-plan.js'
import type { Span } from '../../../compiler/ir/span.js'
import type { RecordType, ValueType } from '../../../compiler/ir/value-type.js'

export const span: Span = { file: 'pipelines/test.ts', start: 0, end: 1, line: 1, column: 1 }

export const types = {
  string: { kind: 'string', brand: undefined },
  number: { kind: 'number', brand: undefined },
  boolean: { kind: 'boolean' },
  record: (name: string): ValueType => ({ kind: 'record', name }),
} as const

export const e = {
  literal: (value: string | number | boolean | null): Expression => ({
    kind: 'literal',
    value,
    span,
    type: value === null ? { kind: 'null' } : { kind: 'literal', value },
  }),
  local: (local: number, type: ValueType): Expression => ({ kind: 'local', local, type, span }),
  member: (object: Expression, property: string, type: ValueType): Expression => ({
    kind: 'member',
    object,
    property,
    optional: false,
    type,
    span,
  }),
  binary: (
    left: Expression,
    operator: Extract<Expression, { kind: 'binary' }>['operator'],
    right: Expression,
    type: ValueType,
  ): Expression => ({ kind: 'binary', operator, left, right, type, span }),
  template: (strings: readonly string[], ...expressions: Expression[]): Expression => ({
    kind: 'template',
    strings,
    expressions,
    type: types.string,
    span,
  }),
  object: (members: Readonly<Record<string, Expression>>, type: ValueType): Expression => ({
    kind: 'object',
    members: Object.entries(members).map(([name, value]): ObjectMember => ({ kind: 'property', name, value })),
    type,
    span,
  }),
  call: (callee: Expression, args: readonly Expression[], type: ValueType): Expression => ({
    kind: 'call',
    callee,
    args: args.map((value): Argument => ({ kind: 'value', value })),
    optional: false,
    type,
    span,
  }),
}

export function returns(value: Expression): Statement {
  return { kind: 'return', value, span }
}

export function lambda(
  id: number,
  parameters: readonly string[],
  body: readonly Statement[],
  result: ValueType,
  locals: readonly Local[] = [],
): Lambda {
  return {
    id,
    span,
    parameters: parameters.map((name, index) => ({ id: index, name, mutable: false })),
    locals,
    body,
    captures: new Map(),
    links: [],
    text: '',
    functions: new Map(),
    opaque: undefined,
    returns: result,
  }
}

type NodeInput = LogicalNode extends infer N
  ? N extends LogicalNode
    ? Omit<N, 'id' | 'name' | 'label' | 'span' | 'onError'>
    : never
  : never

export interface PlanInput {
  readonly nodes: readonly NodeInput[]
  readonly lambdas: readonly Lambda[]
  readonly recordTypes?: readonly RecordType[]
  readonly edges: readonly (EdgeType | undefined)[]
  readonly topics: Readonly<Record<number, ResolvedTopic>>
}

export function planOf(input: PlanInput): ResolvedPlan {
  return {
    name: 'test',
    applicationId: 'test',
    onError: { kind: 'fail' },
    nodes: input.nodes.map((node, id): LogicalNode => ({
      ...node,
      id,
      name: undefined,
      label: `${node.kind}-${id}`,
      span,
      onError: { kind: 'fail' },
    })),
    lambdas: input.lambdas.map(({ id }) => ({ id, site: id, span, captures: new Map() })),
    file: span.file,
    exportName: 'test',
    bodies: new Map(input.lambdas.map((item) => [item.id, item])),
    recordTypes: new Map((input.recordTypes ?? []).map((type) => [type.name, type])),
    edges: new Map(input.edges.flatMap((edge, id) => (edge === undefined ? [] : [[id, edge] as const]))),
    topics: new Map(Object.entries(input.topics).map(([id, topic]) => [Number(id), topic])),
  }
}

export function topicOf(name: string, timestamp?: number): LogicalTopic {
  return { name, key: undefined, value: undefined, timestamp, span }
}

export function plain(kind: Exclude<ResolvedSerde['kind'], 'avro'>, nullable = false): ResolvedSerde {
  return { kind, nullable }
}
