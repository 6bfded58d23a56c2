/** What both contenders take in: the same bytes again and again, each time later. */
import { generateCustomers } from '../customers.js'
import { generateBusyOrders } from '../orders.js'

export const ids = { order: 7, customer: 9, output: 8 } as const
export const customers = 100_000
export const zips = 200
/** Orders between two commits. */
export const ordersPerCommit = 50_000
export const partitions = 4

/** Half a million orders a minute: five of each customer. */
const perMs = 25 / 3
const sets = 4
const setMs = ordersPerCommit / perMs
const start = Date.UTC(2026, 0, 1)

export interface Step {
  readonly recordSet: Buffer
  /** Ms to add to all timestamps, offsets to add. */
  readonly later: number
  readonly further: number
}

export interface Workload {
  readonly customers: Buffer
  readonly step: (n: number) => Step
}

export function createWorkload(): Workload {
  const orders = Array.from({ length: sets }, (_, set) =>
    generateBusyOrders(
      ids.order,
      ordersPerCommit,
      { customers, zips },
      { firstOffset: set * ordersPerCommit, start: start + set * setMs, perMs },
    ),
  )
  return {
    customers: generateCustomers(ids.customer, customers, start),
    step: (n) => {
      const round = Math.floor(n / sets)
      const recordSet = orders[n % sets] ?? Buffer.alloc(0)
      return { recordSet, later: round * sets * setMs, further: round * sets * ordersPerCommit }
    },
  }
}
