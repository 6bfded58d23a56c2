/** The front end for tools that need plans but no code: its steps, in their order. */
export { lowerLambda } from './lambda/lower-lambda.js'
export { load } from './load.js'
export { quote } from './quote.js'
export { resolveClosures } from './resolve-closures.js'
export { resolveTypes } from './resolve-types.js'
export { stage, type StagedProgram } from './stage.js'
