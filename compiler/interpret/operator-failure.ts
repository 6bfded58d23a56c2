/**
 * Carries an error of the author's code, a decoder or an encoder up to the record's boundary, with the operator that it
 * belongs to. Control flow inside the interpreter only: outside it is an outcome.
 */
export class OperatorFailure extends Error {
  override readonly name = 'OperatorFailure'

  /** `operator`: id of the graph node; -1: the decoder of the source. */
  constructor(
    readonly operator: number,
    override readonly cause: unknown,
  ) {
    super('an operator failed')
  }
}

export const SOURCE_DECODER = -1

/** Runs `step`; whatever it throws belongs to `operator`, unless it already belongs to one downstream. */
export function attributed<T>(operator: number, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof OperatorFailure) throw error
    throw new OperatorFailure(operator, error)
  }
}
