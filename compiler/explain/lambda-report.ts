/** For each lambda of a pipeline: who calls it, what it reads, how it was compiled, and why it is not faster. */
import { lambdasOf } from '../ir/assert-plans.js'
import type { CapturedValue } from '../ir/captured-value.js'
import type { Expression, Lambda, Statement } from '../ir/lambda.js'
import type { Span } from '../ir/span.js'
import type { ExplainedPipeline } from './explained-pipeline.js'
import { visitLambda } from './visit-lambda.js'
import { demandText } from './type-text.js'

export interface LambdaReport {
  /** Label of the operator that calls it, and as what. */
  readonly operator: string
  readonly role: string
  readonly span: Span
  readonly reads: { readonly key: string; readonly value: string; readonly headers: boolean }
  /** `fused`: in the operator's place, without a call · `called`: as the author's function · `dropped`: not at all. */
  readonly compiled: 'fused' | 'called' | 'dropped'
  /** Why it is called as it is. */
  readonly reason: string | undefined
  /** Parts of a fused lambda that are more than plain code: linked functions, texts that are kept as they are. */
  readonly notes: readonly string[]
}

export function lambdaReports({ levels }: ExplainedPipeline): readonly LambdaReport[] {
  const { optimized, demand } = levels
  return optimized.nodes.flatMap((node) =>
    lambdasOf(node).flatMap(({ id, role }): LambdaReport[] => {
      const lambda = optimized.bodies.get(id)
      if (lambda === undefined) return []
      const reads = demand.lambdas.get(id)
      return [
        {
          operator: node.label,
          role,
          span: lambda.span,
          reads: {
            key: demandText(reads?.key ?? { kind: 'none' }),
            value: demandText(reads?.value ?? { kind: 'none' }),
            headers: reads?.headers ?? false,
          },
          compiled: optimized.dropped.has(node.id) ? 'dropped' : lambda.opaque === undefined ? 'fused' : 'called',
          reason: lambda.opaque && `${lambda.opaque.reason} (${placeText(lambda.opaque.span)})`,
          notes: lambda.opaque === undefined ? notesOf(lambda, optimized.file) : [],
        },
      ]
    }),
  )
}

export function placeText(span: Span | undefined): string {
  return span === undefined ? 'unknown place' : `${span.file}:${span.line}:${span.column}`
}

function notesOf(lambda: Lambda, home: string): readonly string[] {
  const notes = new Set<string>()
  const expression = (node: Expression): void => {
    if (node.kind === 'opaque') notes.add(`kept as text at ${placeText(node.span)}: ${node.reason}`)
    if (node.kind !== 'call' && node.kind !== 'new') return
    const { callee } = node
    if (callee.kind === 'link') notes.add(`calls ${linkText(lambda, callee.name, home)}`)
    if (callee.kind === 'capture' && isFunction(lambda.captures.get(callee.name))) {
      notes.add(`calls the captured function ${callee.name}`)
    }
  }
  const statement = (node: Statement): void => {
    if (node.kind === 'for-of' || node.kind === 'while') notes.add('has a loop')
  }
  visitLambda(lambda.body, { expression, statement })
  return [...notes]
}

/** Modules are absolute paths, which would differ from machine to machine: the file's name is enough. */
function linkText(lambda: Lambda, local: string, home: string): string {
  const link = lambda.links.find((item) => item.local === local)
  if (link === undefined) return local
  const file = link.module.split('/').at(-1) ?? link.module
  const own = link.module.endsWith(`/${home}`)
  const isPackage = !link.module.startsWith('/') && !/^[A-Za-z]:/.test(link.module)
  return own ? link.name : `${link.name} of ${isPackage ? link.module : file}`
}

function isFunction(value: CapturedValue | undefined): boolean {
  return value?.kind === 'lambda' || value?.kind === 'import'
}
