# Holds every example of the document against its schema.
import sys, yaml, json
from openapi_schema_validator import OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
class L(yaml.SafeLoader): pass
L.yaml_implicit_resolvers={k:[(t,r) for t,r in v if t!='tag:yaml.org,2002:timestamp'] for k,v in L.yaml_implicit_resolvers.items()}
d=yaml.load(open(sys.argv[1]),L)
reg=Registry().with_resource("urn:doc",Resource(contents=d,specification=DRAFT202012))
def deref(n):
    while isinstance(n,dict) and '$ref' in n and set(n)=={'$ref'}:
        t=d
        for p in n['$ref'][2:].split('/'): t=t[p.replace('~1','/').replace('~0','~')]
        n=t
    return n
def absolute(s):
    if isinstance(s,dict): return {k:('urn:doc'+v if k=='$ref' and isinstance(v,str) and v.startswith('#') else absolute(v)) for k,v in s.items()}
    if isinstance(s,list): return [absolute(x) for x in s]
    return s
n=bad=0
abs_doc=absolute(d); reg=Registry().with_resource("urn:doc",Resource(contents=abs_doc,specification=DRAFT202012))
def check(where,schema,value):
    global n,bad
    n+=1
    v=OAS31Validator(absolute(schema),registry=reg,format_checker=OAS31Validator.FORMAT_CHECKER)
    for e in v.iter_errors(value): bad+=1; print(where,e.message)
def walk(node,path):
    if isinstance(node,dict):
        sch=node.get('schema')
        if isinstance(sch,dict):
            if 'example' in node: check(path+'/example',sch,node['example'])
            if isinstance(node.get('examples'),dict):
                for k,x in node['examples'].items(): check(path+'/examples/'+k,sch,deref(x)['value'])
        elif isinstance(node.get('examples'),list) and 'type' in node:
            for x in node['examples']: check(path+'/examples',node,x)
        for k,x in node.items(): walk(x,path+'/'+str(k))
    elif isinstance(node,list):
        for i,x in enumerate(node): walk(x,path+'/'+str(i))
walk(d,'')
# every problem's status is that of its response; every slug stands in the table
table=d['info']['description']
import re
seen=set()
def problems(node):
    if isinstance(node,dict):
        if str(node.get('type','')).startswith('/problems/') and 'status' in node:
            seen.add(node['type'])
            if not re.search(re.escape('`%s` | %d '%(node['type'],node['status'])),table): print('not in table',node)
        for x in node.values(): problems(x)
    elif isinstance(node,list):
        for x in node: problems(x)
problems(d)
rows=set(re.findall(r'`(/problems/\w+)`',table))
print('slugs without example',rows-seen,'without row',seen-rows)
# unused components
text=open(sys.argv[1]).read()
for kind,xs in d['components'].items():
    for k in xs:
        if kind!='securitySchemes' and f"'#/components/{kind}/{k}'" not in text: print('unused',kind,k)
for p,item in d['paths'].items():
    for m,o in item.items():
        if m in('get','put','post'): print(m,p,','.join(o['responses']),o['security'])
# negative
S=d['components']['schemas']
def ok(name,v): return OAS31Validator(absolute(S[name]),registry=reg).is_valid(v)
for body,want in [({'contact':'a','by':'crm'},1),({'contact':'a','contacts':['b'],'by':'crm'},0),({'by':'crm'},0),({'contact':'a'},0),
  ({'contact':'a','by':'crm','x':1},0),({'contacts':[],'by':'crm'},0),({'contacts':['a']*10001,'by':'crm'},0),({'contact':'a\tb','by':'crm'},0),({'contact':'a','by':'Crm'},0)]:
    if ok('ActivationRequest',body)!=bool(want): bad+=1; print('wrong',str(body)[:80])
for body,want in [({'plan':'pro'},1),({},0),({'effect':'now'},0),({'startDay':29},0),({'limit':-1},0),({'zone':'UTC','effect':'period_end'},1),({'effect':'period-end','limit':1},0)]:
    if ok('PlanChange',body)!=bool(want): bad+=1; print('wrong',body)
print(n,'examples,',bad,'bad')
