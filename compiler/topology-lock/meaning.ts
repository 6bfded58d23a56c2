/** What an operator's state means, as far as it can be told without the code of lambdas. */
import { inputsOf } from '../ir/inputs-of.js'
import type { LogicalNode } from '../ir/logical-plan.js'
import type { LockedMeaning } from './lock.js'

/** What every node has, and what tells nothing of its state. */
const beside = new Set([
  'id',
  'name',
  'label',
  'span',
  'onError',
  'store',
  'restoredFrom',
  'input',
  'inputs',
  'printLabel',
  'key',
  'value',
])
/** When a processor is called says nothing of what it keeps; where its records come from is seen by its topics. */
const calls = new Set(['punctuate', 'keepsKey', 'gathers'])

/** Numbers are taken by name only: the others are ids of lambdas and nodes, which move when something is inserted. */
const numbers = new Set([
  'size',
  'advance',
  'grace',
  'gap',
  'difference',
  'before',
  'after',
  'closeAfter',
  'history',
  'retention',
  'ttl',
  'within',
  'partitions',
])

/** Rows and windows stay what they are when these change. */
const harmless = new Set(['grace', 'emit', 'closeAfter', 'ttl'])

export function meaningOf(nodes: readonly LogicalNode[], node: LogicalNode): LockedMeaning {
  const found: Record<string, string | number | boolean> = { kind: node.kind }
  collect(node, '', found)
  for (const input of inputsOf(node)) {
    const before = nodes[input]
    if (before?.kind === 'window') collect(before.window, 'window', found)
  }
  return found
}

/** The part of a meaning without which rows would be read as something else. */
export function lastingMeaning(meaning: LockedMeaning): LockedMeaning {
  return Object.fromEntries(Object.entries(meaning).filter(([path]) => !harmless.has(path.split('.').at(-1) ?? path)))
}

function collect(value: object, path: string, found: Record<string, string | number | boolean>): void {
  for (const [name, item] of Object.entries(value) as [string, unknown][]) {
    if (path === '' && (beside.has(name) || calls.has(name))) continue
    const at = path === '' ? name : `${path}.${name}`
    if (typeof item === 'string' || typeof item === 'boolean') found[at] = item
    else if (typeof item === 'number' && numbers.has(name)) found[at] = item
    else if (typeof item === 'object' && item !== null && name !== 'span') {
      // Of lists only declared aggregators tell what columns mean, which stand in their order.
      if (!Array.isArray(item) || name === 'fields') collect(item, at, found)
    }
  }
}
