/** What happens to a process of a run from its start to its end, drawn from a seed. */
import type { Sabotage } from './child/sabotage.js'
import type { Random } from './random.js'

export interface Plan {
  /** In words. */
  readonly what: string
  readonly sabotage: Omit<Sabotage, 'armedBy'> | undefined
  /** Whether the sabotage waits until the process runs: what comes before that comes once in a life. */
  readonly whenRunning: boolean
  /** Writes of snapshots that succeed before the disk is full; undefined: it never is. */
  readonly diskFullAfter: number | undefined
  /** Begins without what it had on disk. */
  readonly withoutState: boolean
  /** How it ends, unless it was killed before: killed, or asked to leave. */
  readonly end: 'SIGKILL' | 'SIGTERM'
  /** ms after it runs, or after what was done to it. */
  readonly after: number
}

/** By their numbers in the protocol. */
const APIS = {
  Produce: 0,
  Fetch: 1,
  OffsetCommit: 8,
  OffsetFetch: 9,
  JoinGroup: 11,
  Heartbeat: 12,
  SyncGroup: 14,
  InitProducerId: 22,
  EndTxn: 26,
  TxnOffsetCommit: 28,
} as const

/** The steps of a commit, and what is around them. Brokers of today add partitions to a transaction by themselves. */
const STEPS = {
  exactly_once: ['InitProducerId', 'Produce', 'Produce', 'TxnOffsetCommit', 'EndTxn'],
  at_least_once: ['Produce', 'OffsetCommit'],
} as const
const AROUND = ['Fetch', 'JoinGroup', 'Heartbeat', 'SyncGroup', 'OffsetFetch'] as const

/** A process does these once or a few times in its life, before it runs or when a rebalance makes it. */
const OF_START: readonly string[] = ['InitProducerId', 'JoinGroup', 'SyncGroup', 'OffsetFetch']

/** Its weight, and what is done. */
const ACTS = [
  [55, 'kill'],
  [12, 'stop'],
  [12, 'lose'],
  [8, 'freeze'],
  [5, 'repeat'],
] as const

export const drawPlan = (random: Random, guarantee: keyof typeof STEPS, only?: Sabotage['act']): Plan => {
  const name = random.pick<keyof typeof APIS>(random.chance(0.8) ? STEPS[guarantee] : AROUND)
  const when = random.pick(['before', 'after'] as const)
  const act = only ?? drawAct(random)
  const isOfStart = OF_START.includes(name)
  const nth = isOfStart ? 1 : random.between(1, 5)
  const isSabotaged = random.chance(0.85) || only !== undefined
  return {
    what: isSabotaged ? `${act} ${when} ${name}` : 'nothing',
    sabotage: isSabotaged ? { api: APIS[name], when, nth, act } : undefined,
    whenRunning: !isOfStart,
    diskFullAfter: random.chance(0.1) ? random.between(0, 5) : undefined,
    withoutState: random.chance(0.25),
    end: random.chance(0.5) ? 'SIGTERM' : 'SIGKILL',
    after: random.between(100, 1500),
  }
}

const drawAct = (random: Random): Sabotage['act'] => {
  let rest = random.between(
    0,
    ACTS.reduce((sum, [weight]) => sum + weight, 0),
  )
  for (const [weight, act] of ACTS) {
    rest -= weight
    if (rest < 0) return act
  }
  return 'kill'
}
