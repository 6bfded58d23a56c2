/** What lowering a lambda asks of the rest of the front end. */
import type { ts } from 'ts-morph'
import type { CapturedValue } from '../../ir/captured-value.js'
import type { LambdaId } from '../../ir/logical-plan.js'
import type { Span } from '../../ir/span.js'
import type { ValueType } from '../../ir/value-type.js'

export type FunctionNode = ts.ArrowFunction | ts.FunctionExpression | ts.FunctionDeclaration | ts.MethodDeclaration

export interface LambdaRequest {
  readonly id: LambdaId
  readonly node: FunctionNode
  /** Free variables of enclosing functions and blocks, by name. */
  readonly captures: ReadonlyMap<string, CapturedValue>
}

export interface LambdaEnvironment {
  readonly checker: ts.TypeChecker
  spanOf(node: ts.Node): Span
  valueTypeOf(type: ts.Type): ValueType
  /** Path of one of the author's modules, as ModuleLink.module has it; undefined for declaration files and packages. */
  moduleOf(file: ts.SourceFile): string | undefined
  /** The author's function at a site of the quoted modules: what a captured lambda is. */
  functionAt(site: number): FunctionNode | undefined
}
