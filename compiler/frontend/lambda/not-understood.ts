import type { ts } from 'ts-morph'

/**
 * Thrown inside lowering only, where a construct makes a whole function opaque; caught by whoever can call the function
 * as it is. Never leaves lowerLambda.
 */
export class NotUnderstood extends Error {
  constructor(
    readonly reason: string,
    readonly node: ts.Node,
  ) {
    super(reason)
  }
}
