// Package vault keeps what stays off the chain: attachments, outside persons' particulars, secrets; sealed with SM4, named by digest.
//
// A record names a content by its digest and so says nothing of it; the content stands here, sealed with SM4-GCM
// under the vault's key, one file each. What could be guessed (an identity number, a telephone number) is salted
// before it is named, otherwise trying all candidates would find it from its name; the salt is sealed with the content.
//
// On disk: check (tells a wrong key at once), content/<two hex digits>/<name>, secret/<name under the key>.
// A file is written aside, synced and renamed, so a name either stands for whole content or does not exist.
package vault
