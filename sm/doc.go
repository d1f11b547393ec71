// Package sm holds SM2, SM3, SM4 and keys; it is the only room that knows the algorithms' library.
//
// Signatures are SM2-with-SM3 (GB/T 32918, GB/T 32905) under the default user id 1234567812345678, in DER.
// A public key's text form is the standard base64 of its 33-byte compressed point.
package sm
