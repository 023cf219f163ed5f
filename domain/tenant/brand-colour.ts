// The rule for the colour of a brand, for the API and `npm run admin`. It is stored in lowercase.

export const colourPattern = /^#[0-9a-fA-F]{6}$/
export const colourRule = 'must be a color such as #2f5bd7'
