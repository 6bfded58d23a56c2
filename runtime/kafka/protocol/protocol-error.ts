/**
 * Thrown when bytes of the Kafka protocol cannot be read, or a message cannot be written in the version asked for.
 * It means a bug or a corrupt peer, never a Kafka error code: those are data (see errors.ts).
 */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError'
}

/** The message has no such version here: choose one between `minVersion` and `maxVersion` of its {@link Api}. */
export class UnsupportedVersionError extends ProtocolError {
  override readonly name = 'UnsupportedVersionError'

  constructor(
    readonly messageName: string,
    readonly version: number,
    minVersion: number,
    maxVersion: number,
  ) {
    super(`${messageName} has no version ${version}; versions ${minVersion} to ${maxVersion} are known`)
  }
}

/** A field holds a value that the chosen version cannot carry and that must not be dropped silently. */
export class UnsupportedFieldError extends ProtocolError {
  override readonly name = 'UnsupportedFieldError'

  constructor(
    readonly field: string,
    readonly version: number,
    reason = 'does not exist',
  ) {
    super(`${field} ${reason} in version ${version}: leave it at its default or use another version`)
  }
}
