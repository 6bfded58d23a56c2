/** What a transport fails with. All but `TransportClosedError` and authentication may succeed on another try. */
export class TransportError extends Error {
  override readonly name: string = 'TransportError'
  readonly retriable: boolean = true
}

/** Nothing answers at an address, or the connection broke. */
export class BrokerUnavailableError extends TransportError {
  override readonly name = 'BrokerUnavailableError'

  constructor(
    readonly address: string,
    readonly reason: string,
  ) {
    super(`no broker at ${address}: ${reason}`)
  }
}

/** None of the configured addresses answers. */
export class NoBrokerError extends TransportError {
  override readonly name = 'NoBrokerError'

  constructor(readonly failures: readonly BrokerUnavailableError[]) {
    super(
      failures.length === 1 && failures[0] !== undefined
        ? failures[0].message
        : `no broker at any of the configured addresses: ${failures.map((f) => `${f.address} (${f.reason})`).join(', ')}`,
    )
  }
}

export class RequestTimeoutError extends TransportError {
  override readonly name = 'RequestTimeoutError'

  constructor(address: string, apiName: string, timeoutMs: number) {
    super(`broker ${address} did not answer ${apiName} within ${timeoutMs} ms`)
  }
}

/** The broker refuses our credentials or certificate, or we its: trying again does not help. */
export class AuthenticationError extends TransportError {
  override readonly name = 'AuthenticationError'
  override readonly retriable = false

  constructor(
    readonly address: string,
    /** What became of the broker, as in "refuses user …". */
    what: string,
    reason: string,
    readonly help: string,
  ) {
    super(`broker ${address} ${what}: ${reason}; help: ${help}`)
  }
}

export class TransportClosedError extends TransportError {
  override readonly name = 'TransportClosedError'
  override readonly retriable = false

  constructor() {
    super('the connection to Kafka was closed by this process')
  }
}
