/**
 * What the compiler made of a pipeline, at every level, and why: for authors who wonder why something is slow, and for
 * people who work on the compiler. Reads results of a build; computes nothing that the build does not know.
 */
import { codeReport, codeText } from './code-report.js'
import { demandLevelText } from './demand-text.js'
import { defaultLevels, type ExplainedPipeline, type ExplainLevel } from './explained-pipeline.js'
import { internalTopicsText } from './internal-topics-text.js'
import { lambdasText } from './lambdas-text.js'
import { planMermaid, topologyMermaid } from './mermaid.js'
import { mirText } from './mir-text.js'
import { errorPolicyText, logicalText, resolvedText } from './operator-text.js'
import { optimizedText } from './optimized-text.js'
import { levelJson } from './to-json.js'
import { topologyText } from './topology-text.js'

export interface ExplainOptions {
  readonly format: 'text' | 'mermaid' | 'json'
  /** Default: all that concern authors. Mermaid draws plans: logical, resolved, optimized and topology (the default). */
  readonly level?: ExplainLevel | undefined
}

export function explain(pipeline: ExplainedPipeline, { format, level }: ExplainOptions): string {
  switch (format) {
    case 'text':
      return `${heading(pipeline)}\n${(level === undefined ? defaultLevels : [level]).map((one) => section(pipeline, one)).join('')}`
    case 'mermaid':
      return `${mermaid(pipeline, level ?? 'topology')}\n`
    case 'json':
      return `${JSON.stringify(json(pipeline, level === undefined ? defaultLevels : [level]), null, 2)}\n`
  }
}

function heading({ name, levels }: ExplainedPipeline): string {
  const { applicationId, onError, file, exportName } = levels.resolved
  return [
    `pipeline ${name} (${exportName} of ${file})`,
    `application id ${applicationId}, on error ${errorPolicyText(onError)}`,
  ].join('\n')
}

const titles: Readonly<Record<ExplainLevel, string>> = {
  logical: 'Operators',
  resolved: 'Operators with types',
  optimized: 'Optimised',
  demand: 'What is read',
  topology: 'Topology',
  lambdas: 'Lambdas',
  mir: 'MIR',
  simplified: 'MIR, simplified',
  code: 'Generated code',
}

function section(pipeline: ExplainedPipeline, level: ExplainLevel): string {
  const body = levelText(pipeline, level)
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n')
  return `\n${titles[level]}\n${body}\n`
}

function levelText(pipeline: ExplainedPipeline, level: ExplainLevel): string {
  const { resolved, optimized, topology, mir, simplified } = pipeline.levels
  switch (level) {
    case 'logical':
      return logicalText(resolved)
    case 'resolved':
      return resolvedText(resolved)
    case 'optimized':
      return optimizedText(optimized)
    case 'demand':
      return demandLevelText(pipeline)
    case 'topology':
      return [topologyText(topology), ...internalTopicsText(resolved, topology)].join('\n')
    case 'lambdas':
      return lambdasText(pipeline)
    case 'mir':
      return mirText(mir)
    case 'simplified':
      return mirText(simplified)
    case 'code':
      return codeText(codeReport(pipeline))
  }
}

function mermaid({ levels }: ExplainedPipeline, level: ExplainLevel): string {
  switch (level) {
    case 'logical':
    case 'resolved':
      return planMermaid(levels.resolved)
    case 'optimized':
      return planMermaid(levels.optimized, levels.optimized.dropped)
    default:
      return topologyMermaid(levels.topology)
  }
}

function json(pipeline: ExplainedPipeline, levels: readonly ExplainLevel[]): unknown {
  const { applicationId, onError, file, exportName } = pipeline.levels.resolved
  return {
    pipeline: pipeline.name,
    applicationId,
    file,
    exportName,
    onError,
    ...Object.fromEntries(levels.map((level) => [level, levelJson(pipeline, level)])),
  }
}
