// Package catalog holds what is published and under which rules: the data
// directory with the secret of the installation, the locators made from it,
// the streaming policies, and the filters.
//
//	data.go      where things lie on disk
//	locator.go   the GUID that an asset is published under
//	policy.go    what a locator allows
//	custom.go    policies of the user's
//	keys.go      content keys
//	keypolicy.go who gets them
//	filters.go   dynamic manifest filters
package catalog
