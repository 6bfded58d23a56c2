import { Name } from './code.js'

export function decoderName(id: number): Name {
  return new Name(`decode$${id}`)
}

export function encoderName(id: number): Name {
  return new Name(`encode$${id}`)
}
