import type { Guarantee } from '../history.js'

/** What the hand-written pipeline is told, in the environment variable APP_OPTIONS as JSON. */
export interface BaselineOptions {
  readonly brokers: string
  readonly groupId: string
  readonly input: string
  readonly output: string
  readonly guarantee: Guarantee
  readonly transactionalId: string
  readonly sessionTimeout: number
  readonly heartbeatInterval: number
  readonly transactionTimeout: number
  readonly requestTimeout: number
}
