import type { OperatorInterpreter } from './operator.js'

export const print: OperatorInterpreter<'print'> =
  (node, { forward, effects, label }) =>
  (record) => {
    effects.print(node.label ?? label, record)
    forward(record)
  }
