import { ts } from 'ts-morph'
import type { Argument } from '../../ir/lambda.js'
import type { Frame } from './frame.js'

export function lowerArguments(frame: Frame, nodes: readonly ts.Expression[]): Argument[] {
  return nodes.map((node): Argument =>
    ts.isSpreadElement(node)
      ? { kind: 'spread', value: frame.expression(node.expression) }
      : { kind: 'value', value: frame.expression(node) },
  )
}
