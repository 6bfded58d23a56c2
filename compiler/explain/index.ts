export { explain, type ExplainOptions } from './explain.js'
export { explainLevels, type ExplainedPipeline, type ExplainLevel } from './explained-pipeline.js'
export { lambdaReports, type LambdaReport } from './lambda-report.js'
