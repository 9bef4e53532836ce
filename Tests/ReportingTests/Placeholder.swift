import Testing
// placeholder: replaced by its owner
