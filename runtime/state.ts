/** States of an application, as in Kafka Streams, and the transitions between them. */
export type AppState =
  'CREATED' | 'REBALANCING' | 'RUNNING' | 'PENDING_SHUTDOWN' | 'NOT_RUNNING' | 'PENDING_ERROR' | 'ERROR'

export type StateListener = (state: AppState, previous: AppState) => void

const NEXT: Readonly<Record<AppState, readonly AppState[]>> = {
  CREATED: ['REBALANCING', 'PENDING_SHUTDOWN', 'PENDING_ERROR'],
  REBALANCING: ['RUNNING', 'PENDING_SHUTDOWN', 'PENDING_ERROR'],
  RUNNING: ['REBALANCING', 'PENDING_SHUTDOWN', 'PENDING_ERROR'],
  PENDING_SHUTDOWN: ['NOT_RUNNING'],
  NOT_RUNNING: [],
  PENDING_ERROR: ['ERROR'],
  ERROR: [],
}

export class StateMachine {
  #state: AppState = 'CREATED'
  readonly #listeners = new Set<StateListener>()

  get state(): AppState {
    return this.#state
  }

  /** Returns false, and changes nothing, when the present state does not allow it. */
  enter(state: AppState): boolean {
    const previous = this.#state
    if (!NEXT[previous].includes(state)) return false
    this.#state = state
    for (const listener of this.#listeners) listener(state, previous)
    return true
  }

  onChange(listener: StateListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves in that state; rejects when it cannot be reached any more. */
  reached(...states: readonly AppState[]): Promise<AppState> {
    if (states.includes(this.#state)) return Promise.resolve(this.#state)
    return new Promise((resolve, reject) => {
      const stop = this.onChange((state) => {
        if (states.includes(state)) {
          stop()
          resolve(state)
        } else if (NEXT[state].length === 0) {
          stop()
          reject(new Error(`the application is ${state}`))
        }
      })
    })
  }
}
