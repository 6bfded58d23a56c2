/**
 * Step 4: joins each lambda to its syntax, checks what it captured and what it does, and makes our own tree of it.
 */
import { badCapture, invisibleFunction, recursiveCapture, withoutValue } from '../diagnostics/closures.js'
import { isError, type Diagnostic, type PassResult } from '../diagnostics/diagnostic.js'
import { lambdasOf } from '../ir/assert-plans.js'
import type { CapturedValue } from '../ir/captured-value.js'
import type { Lambda } from '../ir/lambda.js'
import type { LambdaId, LogicalNode } from '../ir/logical-plan.js'
import { checkBody } from './closures/check-body.js'
import type { FunctionNode } from './free-variables.js'
import type { LambdaEnvironment, LambdaRequest } from './lambda/environment.js'
import { argumentSpan, captureSpans, functionAt } from './lambda-source.js'
import { isAuthorsModule, spanOf } from './load/source-program.js'
import type { QuotedProgram } from './quote.js'
import type { StagedProgram } from './stage.js'
import type { CaptureProblem } from './staging/message.js'
import type { StagedPlan } from './staging/to-plan.js'
import { TypeReader } from './types/type-reader.js'
import { TypeScopes } from './types/type-scope.js'

/** compiler/frontend/lambda/lower-lambda.ts */
export type LowerLambda = (request: LambdaRequest, environment: LambdaEnvironment) => Lambda

export interface ClosedPlan {
  readonly staged: StagedPlan
  readonly bodies: ReadonlyMap<LambdaId, Lambda>
  /** The record types met so far; the next step adds those of the edges. */
  readonly reader: TypeReader
  readonly scopes: TypeScopes
}

export interface ClosedProgram {
  readonly quoted: QuotedProgram
  readonly pipelines: readonly ClosedPlan[]
}

export function resolveClosures(program: StagedProgram, lower: LowerLambda): PassResult<ClosedProgram> {
  const { quoted } = program
  const diagnostics: Diagnostic[] = []
  const pipelines = program.pipelines.map((staged) => {
    const resolver = new ClosureResolver(quoted, staged, lower)
    const bodies = resolver.run()
    diagnostics.push(...resolver.diagnostics)
    return { staged, bodies, reader: resolver.reader, scopes: resolver.scopes }
  })
  return { value: { quoted, pipelines }, diagnostics }
}

class ClosureResolver {
  readonly diagnostics: Diagnostic[] = []
  readonly reader: TypeReader
  readonly scopes: TypeScopes
  readonly #quoted: QuotedProgram
  readonly #staged: StagedPlan
  readonly #lower: LowerLambda

  constructor(quoted: QuotedProgram, staged: StagedPlan, lower: LowerLambda) {
    this.#quoted = quoted
    this.#staged = staged
    this.#lower = lower
    this.reader = new TypeReader(quoted.source.program)
    this.scopes = new TypeScopes(quoted.source.checker, quoted.sites)
  }

  run(): ReadonlyMap<LambdaId, Lambda> {
    const bodies = new Map<LambdaId, Lambda>()
    for (const node of this.#staged.plan.nodes) {
      for (const { id, role } of lambdasOf(node)) {
        const body = this.#lambda(node, id, role)
        if (body !== undefined) bodies.set(id, body)
      }
    }
    return bodies
  }

  #lambda(node: LogicalNode, id: LambdaId, role: string): Lambda | undefined {
    const staged = this.#staged.lambdas[id]
    if (staged === undefined) return undefined
    const fn = functionAt(this.#quoted, staged.site?.id)
    const found = staged.problems.map((problem) => this.#problem(problem, fn, node, role))
    const { root, checker } = this.#quoted.source
    const check = { root, checker, operator: `\`${node.kind}\`` }
    if (fn !== undefined) found.push(...checkBody(fn, check))
    for (const site of capturedFunctions(staged.captures)) {
      const captured = functionAt(this.#quoted, site)
      if (captured !== undefined)
        found.push(...checkBody(captured, check).filter(({ code }) => !ofLambdasOnly.has(code)))
    }
    this.diagnostics.push(...found)
    if (fn === undefined || found.some(isError)) return undefined
    return this.#lower({ id, node: fn, captures: staged.captures }, this.#environment(staged.site?.frames ?? []))
  }

  #environment(frames: readonly number[]): LambdaEnvironment {
    const { root, checker } = this.#quoted.source
    const scope = this.scopes.at(frames)
    return {
      checker,
      spanOf: (node) => spanOf(root, node),
      valueTypeOf: (type) => this.reader.read(type, scope),
      moduleOf: (file) => (isAuthorsModule(file) ? file.fileName : undefined),
      functionAt: (site) => functionAt(this.#quoted, site),
    }
  }

  #problem(problem: CaptureProblem, fn: FunctionNode | undefined, node: LogicalNode, role: string): Diagnostic {
    const { path, why, variable } = problem
    const { used, declared } = captureSpans(this.#quoted, fn, variable)
    const span = used ?? argumentSpan(this.#quoted, this.#staged, node, role)
    switch (problem.code) {
      case 'MR2001':
        return badCapture(path, why, span, declared)
      case 'MR2002':
        return invisibleFunction(why, span)
      case 'MR2010':
        return withoutValue(path, span, declared)
      case 'MR2011':
        return recursiveCapture(path, span)
    }
  }
}

/** A captured function may return a promise or change its own parameters: that is between it and its caller. */
const ofLambdasOnly: ReadonlySet<string> = new Set(['MR2007', 'MR2009'])

/** Sites of the functions among captured values. */
function capturedFunctions(captures: ReadonlyMap<string, CapturedValue>): ReadonlySet<number> {
  const sites = new Set<number>()
  const seen = new Set<CapturedValue>()
  const visit = (value: CapturedValue): void => {
    if (seen.has(value)) return
    seen.add(value)
    switch (value.kind) {
      case 'lambda':
        sites.add(value.site)
        value.captures.forEach(visit)
        break
      case 'array':
      case 'set':
        value.items.forEach(visit)
        break
      case 'object':
        for (const [, item] of value.entries) visit(item)
        break
      case 'map':
        for (const entry of value.entries) entry.forEach(visit)
        break
      case 'primitive':
      case 'date':
      case 'regexp':
      case 'bytes':
      case 'import':
        break
    }
  }
  captures.forEach(visit)
  return sites
}
