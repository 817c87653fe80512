// Package catalog holds what is published and under which rules: the data
// directory with the secret of the installation, the locators made from it,
// and the streaming policies.
//
//	data.go      where things lie on disk
//	locator.go   the GUID that an asset is published under
//	policy.go    what a locator allows
package catalog
