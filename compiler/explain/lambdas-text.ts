import { lambdaReports, placeText, type LambdaReport } from './lambda-report.js'
import type { ExplainedPipeline } from './explained-pipeline.js'

/** A paragraph for each lambda. */
export function lambdasText(pipeline: ExplainedPipeline): string {
  const reports = lambdaReports(pipeline)
  return reports.length === 0 ? 'there are no lambdas' : reports.map(reportText).join('\n')
}

function reportText(report: LambdaReport): string {
  const { operator, role, span, reads, notes } = report
  const read = [
    ...(reads.value === 'nothing' ? [] : [`value: ${reads.value}`]),
    ...(reads.key === 'nothing' ? [] : [`key: ${reads.key}`]),
    ...(reads.headers ? ['headers'] : []),
  ]
  return [
    `${operator}, ${role} (${placeText(span)})`,
    `    reads ${read.length === 0 ? 'nothing' : read.join('; ')}`,
    `    ${compiledText(report)}`,
    ...notes.map((note) => `    ${note}`),
  ].join('\n')
}

function compiledText({ compiled, reason }: LambdaReport): string {
  switch (compiled) {
    case 'fused':
      return 'fused'
    case 'called':
      return `called as it is: ${reason ?? 'it is not understood'}`
    case 'dropped':
      return 'dropped with its operator'
  }
}
