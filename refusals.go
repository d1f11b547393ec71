package mulu
func refusalWords(string) ([4]string,bool) { return [4]string{}, false }
