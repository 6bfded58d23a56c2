import { callLambda } from '../call-lambda.js'
import type { NodeOf, OperatorInterpreter } from './operator.js'
import type { FlowRecord } from '../record.js'

/** The first branch whose predicate holds takes the record, also when nothing reads that branch. */
export const split: OperatorInterpreter<'split'> =
  (node, { children }) =>
  (record) => {
    const taken = firstMatch(node, record)
    for (const { node: child, receive } of children) {
      if (child.kind === 'branch' && child.branch === taken) receive(record, 0)
    }
  }

function firstMatch(node: NodeOf<'split'>, record: FlowRecord): string | undefined {
  const matches = ({ predicate }: (typeof node.branches)[number]): boolean =>
    predicate === undefined || Boolean(callLambda(node.id, predicate, record))
  return node.branches.find(matches)?.name
}
