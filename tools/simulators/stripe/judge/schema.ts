import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { spokenObjects, spokenTypes } from './spoken.ts'

// The vendor generates its types from its OpenAPI document of the same version, so they are the published
// specification.

export type JsonSchema = boolean | { [keyword: string]: unknown }
export interface SchemaDocument {
  $schema: string
  $id: string
  /** Keyed by the type's expression. */
  roots: Record<string, JsonSchema>
  $defs: Record<string, JsonSchema>
}

const options: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  types: ['node'],
}

/**
 * Generates JSON Schema 2020-12 from the installed SDK's declarations. Stricter than these: enums are closed, objects
 * have no other properties, and objects that the simulator does not use stay ids. Takes seconds.
 */
export function makeSchema(): SchemaDocument {
  const { checker, types } = readTypes()
  const converter = new Converter(checker)
  const roots = Object.fromEntries(types.map((type, i) => [spokenTypes[i]!, converter.convert(type)]))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'stripe',
    roots,
    $defs: Object.fromEntries(converter.definitions),
  }
}

/** Returns the types that the simulator uses, from a source file in memory. */
function readTypes(): { checker: ts.TypeChecker; types: ts.Type[] } {
  const file = fileURLToPath(new URL('./spoken-types.ts', import.meta.url))
  const exported = spokenTypes.map((type, i) => `export type T${i} = ${type}\n`)
  const text = `import type Stripe from 'stripe'\n${exported.join('')}`
  const host = ts.createCompilerHost(options)
  const { getSourceFile, fileExists } = host
  host.getCurrentDirectory = () => dirname(file)
  host.fileExists = (name) => name === file || fileExists(name)
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022) : getSourceFile(name, ...rest)
  const program = ts.createProgram([file], options, host)
  const source = program.getSourceFile(file)!
  const [wrong] = program.getSemanticDiagnostics(source)
  if (wrong)
    throw new Error(`a type is unknown to the SDK: ${ts.flattenDiagnosticMessageText(wrong.messageText, '\n')}`)
  const checker = program.getTypeChecker()
  return {
    checker,
    types: source.statements.filter(ts.isTypeAliasDeclaration).map((node) => checker.getTypeAtLocation(node)),
  }
}

class Converter {
  readonly definitions = new Map<string, JsonSchema>()
  private readonly checker: ts.TypeChecker
  constructor(checker: ts.TypeChecker) {
    this.checker = checker
  }

  convert(type: ts.Type): JsonSchema {
    if (type.isUnion()) return this.union(type)
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value }
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { const: this.checker.typeToString(type) === 'true' }
    const plain = plainTypes.find(([flags]) => type.flags & flags)
    if (plain) return plain[1]
    if (isOtherString(type) || type.symbol?.name === 'Decimal') return { type: 'string' }
    if (type.isIntersection()) return this.object(type)
    if (this.checker.isArrayType(type))
      return { type: 'array', items: this.convert(this.checker.getTypeArguments(type as ts.TypeReference)[0]!) }
    if (type.flags & ts.TypeFlags.Object) return this.named(type as ts.ObjectType)
    throw new Error(`no JSON Schema for ${this.checker.typeToString(type)}`)
  }

  private union(type: ts.UnionType): JsonSchema {
    const parts = type.types.filter((part) => !(part.flags & ts.TypeFlags.Undefined))
    const words = parts.filter((part) => part.isStringLiteral()).map(({ value }) => value)
    const closed = parts.filter((part) => !part.isStringLiteral() && !(words.length > 0 && isOtherString(part)))
    const others = closed.filter((part) => !(part.flags & ts.TypeFlags.BooleanLiteral))
    const flags = closed.filter((part) => part.flags & ts.TypeFlags.BooleanLiteral)
    const schemas = [
      ...(words.length > 0 ? [{ enum: words }] : []),
      ...(flags.length === 2 ? [{ type: 'boolean' }] : flags.map((flag) => this.convert(flag))),
      ...others.map((part) => this.convert(part)),
    ].filter((schema) => schema !== false)
    const expandable = others.some(isString) && others.some((part) => this.vendorObject(part) !== undefined)
    if (schemas.length < 2 && !expandable) return schemas[0] ?? false
    return { ...(expandable ? { expandable } : {}), anyOf: schemas }
  }

  private named(type: ts.ObjectType): JsonSchema {
    const spoken = this.vendorObject(type)
    if (spoken !== undefined && !spokenObjects.includes(spoken)) return false
    const symbol = type.aliasSymbol ?? type.symbol
    const generic = type.aliasTypeArguments?.length || this.checker.getTypeArguments(type as ts.TypeReference).length
    if (!symbol || symbol.name === '__type' || generic) return this.object(type)
    const name = this.nameOf(symbol)
    if (!this.definitions.has(name)) {
      this.definitions.set(name, true)
      this.definitions.set(name, this.object(type))
    }
    return { $ref: `stripe#/$defs/${name}` }
  }

  /** The name includes the file, because several files define `Card`. */
  private nameOf(symbol: ts.Symbol): string {
    const file = symbol.declarations?.[0]?.getSourceFile().fileName ?? ''
    const from = file.replace(/.*\/stripe\/(esm|cjs)\//, '').replace(/\.d\.ts$/, '')
    const name = this.checker.getFullyQualifiedName(symbol).replace(/^".*"\./, '')
    return `${from}.${name}`.replaceAll(/[^\w.]/g, '.')
  }

  private object(type: ts.Type): JsonSchema {
    const { checker } = this
    const properties: Record<string, JsonSchema> = {}
    const required: string[] = []
    for (const property of checker.getPropertiesOfType(type)) {
      properties[property.name] = this.convert(checker.getTypeOfSymbol(property))
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name)
    }
    const index = checker.getIndexInfoOfType(type, ts.IndexKind.String)
    return { type: 'object', properties, required, additionalProperties: index ? this.convert(index.type) : false }
  }

  /** Returns the `object` of a vendor object, which has an id and a fixed `object`. */
  private vendorObject(type: ts.Type): string | undefined {
    const property = type.flags & ts.TypeFlags.Object ? type.getProperty('object') : undefined
    const word = property && type.getProperty('id') && this.checker.getTypeOfSymbol(property)
    return word?.isStringLiteral() ? word.value : undefined
  }
}

const plainTypes: [ts.TypeFlags, JsonSchema][] = [
  [ts.TypeFlags.Any | ts.TypeFlags.Unknown, true],
  [ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral, { type: 'string' }],
  // Amounts, counts and times: the types in use have no fractions.
  [ts.TypeFlags.Number, { type: 'integer' }],
  [ts.TypeFlags.Boolean, { type: 'boolean' }],
  [ts.TypeFlags.Null, { type: 'null' }],
  [ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never, false],
]

const isString = (type: ts.Type) => Boolean(type.flags & ts.TypeFlags.String)

/** Returns whether a type is what the SDK adds to keep an enum open: `string & Record<never, never>`. */
const isOtherString = (type: ts.Type) => type.isIntersection() && type.types.some(isString)
